"""What a union's own system needs to take part: keys, signed statements, a client, the offline check of a proof.

Stands alone on httpx and PyJWT, and imports nothing of the hub. `from federation.client import HubClient` for the
client; it is not imported here, so that who only signs or verifies doesn't load an HTTP library.
"""

from federation.errors import FederationError, ProofError, Refused, StatementError
from federation.keys import PrivateKey, PublicKey

__all__ = ["FederationError", "PrivateKey", "ProofError", "PublicKey", "Refused", "StatementError"]
