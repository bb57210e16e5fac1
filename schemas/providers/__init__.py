"""The providers. A new one is a file beside this one and a line below."""

from collections.abc import Mapping

from schemas.adapter import Adapter
from schemas.providers.integrax import Integrax
from schemas.providers.smsgateway24 import SmsGateway24

adapters: Mapping[str, Adapter] = {adapter.name: adapter for adapter in (Integrax(), SmsGateway24())}
"""By the name that a source's `provider` has in the settings."""
