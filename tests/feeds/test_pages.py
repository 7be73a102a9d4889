import pytest

from bot.feeds.pages import is_login, kind_of_page


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        ("<html><title>Just a moment...</title><p>Enable JavaScript and cookies to continue</p></html>", "challenge"),
        ("<!doctype html><title>Attention Required! | Cloudflare</title>", "challenge"),
        ("<html><script>window._cf_chl_opt={cvId:'3'}</script>", "challenge"),
        ("<html><head><title>百度安全验证</title></head>", "challenge"),
        ("<html><script>var arg1='0A';function setCookie(){'acw_sc__v2'}</script>", "challenge"),
        ("<html><script id='anubis_challenge' type='application/json'>{}</script>", "challenge"),
        ("<html><title>Log in</title><form><input name=u><input name='p' type='password'></form></html>", "login"),
        ("<html><TITLE lang=zh>用户登录 - 某站</TITLE><form><INPUT TYPE=password></form></html>", "login"),
        ("<html><title>A site</title><form><input type='password'></form><p>News</p></html>", "html"),
        ("<html><title>How to log in safely</title><p>News</p></html>", "html"),
        ('<html><meta http-equiv="refresh" content="0; url=https://a.example/rss"></html>', "html.elsewhere"),
        ('<html><meta http-equiv="refresh" content="300"></html>', "html"),
        ("<html><title>Just a moment in time</title><p>News</p></html>", "html"),
        ("<html><p>How to choose a password</p><input type=text></html>", "html"),
        ("<html>" + " " * 60_000 + "<title>Log in</title><input type=password>", "html"),
    ],
)
def test_a_page_is_named_by_what_it_wants(page: str, kind: str) -> None:
    """A browser check, a login and a page that leads elsewhere each need another step of whoever added the feed."""
    assert kind_of_page(page) == kind


@pytest.mark.parametrize(
    ("path", "kind", "expected"),
    [
        ("/login", "text/html", True),
        ("/wp-login.php", "text/html", True),
        ("/users/sign_in", "text/html", True),
        ("/sign-in/", "text/html", True),
        ("/login", "application/rss+xml", False),
        ("/blog/login-trouble", "text/html", False),
        ("/author", "text/html", False),
        ("/feed", "text/html", False),
    ],
)
def test_a_login_is_known_by_its_address(path: str, kind: str, *, expected: bool) -> None:
    """A page at a path that is for logging in, never a feed there."""
    assert is_login(path, kind) is expected
