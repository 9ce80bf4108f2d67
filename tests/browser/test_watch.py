"""The watch over the pages sees what it is there for."""

from browser.chromium import Watch


def test_errors_and_requests_to_other_hosts_are_seen(browser):
    context = browser.new_context()
    watch, page = Watch(context), context.new_page()
    with page.expect_event("requestfailed"):
        page.set_content(
            "<script>console.error('no'); setTimeout(() => { throw new Error('late') })</script><img src='http://localhost:9/'>"
        )
    context.close()
    errors, left_the_machine = watch.so_far()
    assert left_the_machine == ["http://localhost:9/"]
    assert any("no" in said for said in errors) and any("late" in said for said in errors)
