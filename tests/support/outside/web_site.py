"""A site on loopback: pages by path, and what was asked for."""

import http.server
import threading


class WebSite(http.server.ThreadingHTTPServer):
    """Answers each path with the bytes of `pages`, whatever the query; 404 for any other.

    asked   paths with their queries, in the order in which they came
    """

    daemon_threads = True

    def __init__(self, **pages):
        super().__init__(("127.0.0.1", 0), Page)
        self.pages, self.asked = pages, []
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def url(self, page):
        return f"http://127.0.0.1:{self.server_port}/{page}"

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path.removeprefix("/"))
        body = self.server.pages.get(self.server.asked[-1].partition("?")[0])
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_):
        """Nothing on stderr."""
