"""The providers. A new one is a file beside this one and a line below."""

from collections.abc import Mapping

from schemas.adapter import Adapter
from schemas.providers.aatrox import Aatrox
from schemas.providers.integrax import Integrax
from schemas.providers.smsgateway24 import SmsGateway24
from schemas.providers.ugsms import UgSms

adapters: Mapping[str, Adapter] = {adapter.name: adapter for adapter in (Aatrox(), Integrax(), SmsGateway24(), UgSms())}
"""By the name that a source's `provider` has in the settings."""
