"""Connection to the API server: from a kubeconfig, or from the ServiceAccount of the pod.

The official client loads and refreshes the credentials; calls are made with a plain aiohttp session, which costs a
fraction of the CPU time of the client's own models.
"""

from __future__ import annotations

import logging
import os
import ssl
from collections.abc import Callable
from pathlib import Path

import aiohttp
from kubernetes.aio import config as kubernetes_config
from kubernetes.aio.client import ApiClient, Configuration
from yarl import URL

from .errors import StartError
from .term import Term, TermConnector

logger = logging.getLogger(__name__)
_ACCOUNT_FOLDER = Path("/var/run/secrets/kubernetes.io/serviceaccount")


class Connection:
    """Address and credentials of the API server."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._ssl = _ssl_context(configuration)
        self.server: str = str(configuration.host).rstrip("/")

    @classmethod
    async def load(cls) -> Connection:
        """Load it: `KUBECONFIG` when set, else the pod's ServiceAccount, else `~/.kube/config`.

        Raises `StartError` when there is none that can be used.
        """
        configuration = Configuration()
        try:
            await cls._configure(configuration)
        except kubernetes_config.ConfigException as error:
            raise StartError(f"There is no usable connection to a cluster ({error}): set KUBECONFIG.") from error
        return cls(configuration)

    @staticmethod
    async def _configure(configuration: Configuration) -> None:
        if os.environ.get("KUBECONFIG"):
            await kubernetes_config.load_kube_config(
                config_file=os.environ["KUBECONFIG"], client_configuration=configuration, persist_config=False
            )
        elif (_ACCOUNT_FOLDER / "token").exists():
            kubernetes_config.load_incluster_config(client_configuration=configuration)
        else:
            await kubernetes_config.load_kube_config(client_configuration=configuration, persist_config=False)

    def api_client(self) -> ApiClient:
        """A new client with the library's own models; the caller closes it."""
        return ApiClient(self._configuration)

    def session(self, term: Term | None = None, asks: Callable[[URL], None] = lambda _: None) -> aiohttp.ClientSession:
        """A new session; the caller closes it. Each request carries the token as it is at that moment.

        With a `term`, nothing is sent outside of it. `asks` is called before each request, and each attempt of it.
        """

        async def notice(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
            asks(request.url)
            return await handler(request)

        return aiohttp.ClientSession(
            connector=TermConnector(term, limit=0, ssl=self._ssl),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": "tenant-reseller-operator"},
            middlewares=(self._authorize, notice),
        )

    async def _authorize(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        token = await self._configuration.get_api_key_with_prefix("BearerToken")
        if token:
            request.headers["Authorization"] = token
        return await handler(request)


def _ssl_context(configuration: Configuration) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=configuration.ssl_ca_cert or None)
    if configuration.cert_file:
        context.load_cert_chain(configuration.cert_file, keyfile=configuration.key_file)
    if not configuration.verify_ssl:
        logger.warning("The kubeconfig switches off the check of the API server's certificate.")
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
