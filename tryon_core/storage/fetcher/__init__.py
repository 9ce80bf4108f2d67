"""The one guarded way to ask an outside URL: only the public internet is asked, and nothing outlives its bounds.

Every address of a host is checked, and the connection is made to the checked address itself, so that a name cannot lead
elsewhere a moment later. Proxies of the environment are not used: behind one nobody can tell which address is asked. No
cookies. `fetch` gets bytes, each redirect checked anew; `post_json` asks a server that the caller names, and follows
none.
"""

from .fetching import Fetched, fetch
from .posting import NoAnswer, Posted, post_json

__all__ = ["Fetched", "NoAnswer", "Posted", "fetch", "post_json"]
