"""Tell what kept us from a server: aiohttp's many errors in a few words of ours.

Refused, closed and timed out read alike, or we would be a port scanner.
"""

import socket
import ssl

import aiohttp
import yarl

from bot.errors import FetchError
from bot.feeds.guard import private_refusal
from bot.feeds.troubles import unfetched

# https://docs.openssl.org/master/man3/X509_STORE_CTX_get_error/
_CERTIFICATES = {
    9: "tls.early",
    10: "tls.expired",
    18: "tls.self-signed",
    19: "tls.self-signed",
    20: "tls.chain",
    21: "tls.chain",
    62: "tls.name",
    64: "tls.name",
}
_NOT_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE"})
_NO_SUCH_NAME = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME), None})
"""Any other answer to a look-up, such as "try again", may be the fault of our own network."""


class PrivateAddressError(OSError):
    """A socket was about to be opened to an address that is not on the open internet."""


class BrokenOffError(aiohttp.ClientError):
    """A server hung up on a new connection; aiohttp would take another error for an idle one and ask again."""


def told(error: Exception, url: yarl.URL) -> FetchError:
    """One of our errors for any of aiohttp's."""
    cause = _cause(error)
    if isinstance(cause, PrivateAddressError | aiohttp.InvalidURL):
        return private_refusal()
    return unfetched(_key(error, cause), host=url.host, raw=f"{type(error).__name__}: {error}")


def _cause(error: Exception) -> Exception:
    """What stands behind an error of aiohttp's, where it says."""
    for name in ("certificate_error", "os_error"):
        if isinstance(cause := getattr(error, name, None), Exception):
            return cause
    return error


def _key(error: Exception, cause: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "no-such-host" if getattr(cause, "errno", None) in _NO_SUCH_NAME else "unreachable"
    if isinstance(error, aiohttp.ClientPayloadError | aiohttp.ClientResponseError):
        return _garbled(error)
    if isinstance(cause, ssl.SSLError | ssl.CertificateError):
        return _tls(cause)
    return "unreachable"


def _garbled(error: Exception) -> str:
    if "content-encoding" in str(error).lower():  # aiohttp has no one class for what it cannot unpack
        return "server-error.packing"
    return "server-error.cut" if isinstance(error, aiohttp.ClientPayloadError) else "unreachable"


def _tls(cause: Exception) -> str:
    if isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return "unreachable"
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _CERTIFICATES.get(cause.verify_code, "tls")
    return "tls.none" if getattr(cause, "reason", None) in _NOT_TLS else "tls.old"
