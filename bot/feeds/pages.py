"""Tell what a web page is that came instead of a feed: a browser check, a login, or just a page."""

import re

_READ = 50_000
_CHALLENGE = re.compile(
    # Cloudflare, Sucuri, Imperva, DDoS-Guard, Anubis, AWS, Aliyun, Tencent
    r"<title>\s*(?:Just a moment\.\.\.|Attention Required! \| Cloudflare|[^<]{0,40}安全验证)|_cf_chl_opt|"
    r"sucuri_cloudproxy_js|_Incapsula_Resource|ddos-guard/js-challenge|anubis_challenge|awsWafCookieDomainList|"
    r"acw_sc__v2|aliyun_waf_|TencentCaptcha",
    re.IGNORECASE,
)
_LOGIN_TITLE = re.compile(
    r"<title[^<>]{0,200}>[^<]{0,200}?(?:\blog[ -]?in\b|\bsign[ -]?in\b|登录|登陆|登入)", re.IGNORECASE
)
_PASSWORD = re.compile(r"""<input\b[^<>]{0,300}\btype\s*=\s*["']?password\b""", re.IGNORECASE)
_REFRESH = re.compile(r"""<meta\b[^<>]{0,200}\bhttp-equiv\s*=\s*["']?refresh\b[^<>]{0,300}\burl\s*=""", re.IGNORECASE)
_LOGIN_PATH = re.compile(
    r"/(?:wp-)?(?:log[-_]?in|sign[-_]?in|sso|passport|auth|oauth2?|account/begin)(?:[./]|$)", re.IGNORECASE
)


def kind_of_page(text: str) -> str:
    """The trouble's key for a web page; one that only has a login beside other things is just a page."""
    head = text[:_READ]
    if _CHALLENGE.search(head):
        return "challenge"
    if _PASSWORD.search(head) and _LOGIN_TITLE.search(head):
        return "login"
    return "html.elsewhere" if _REFRESH.search(head) else "html"


def is_login(path: str, content_type: str) -> bool:
    """Whether a redirect led to a page to log in at, by its address."""
    return "html" in content_type.lower() and bool(_LOGIN_PATH.search(path))
