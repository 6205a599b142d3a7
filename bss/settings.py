# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of the BSS, read from `TENANT_BSS_*`, and their way into Tryton's own configuration.

Every process of the BSS (commands, gunicorn workers, the queue's worker, tests) calls `configure()` before it imports
anything of Tryton that opens a database: Tryton reads some options once, at import.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import trytond.config
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


def _default_cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tenant-reseller-operator"


class Settings(BaseSettings):
    """What a deployment decides. Names and meanings are those of docs/architecture.md."""

    model_config = SettingsConfigDict(env_prefix="TENANT_BSS_", frozen=True, extra="ignore")

    database_url: str
    """PostgreSQL server, `postgresql://user:password@host:port/`, without a database name."""
    root_database: str = Field("distributor", pattern=r"^[a-z][a-z0-9_]{1,62}$")
    """Name of the root database, which is the distributor's own Client ID."""
    bind: str = "127.0.0.1:8000"
    public_url: str = "http://127.0.0.1:8000"
    """Address that people type, without a slash at the end."""
    web_workers: int = Field(2, ge=1, le=64)
    loaded_tenants: int = Field(16, ge=1, le=1000)
    """How many tenants each process of `web` and `worker` keeps ready beyond those that are in use right now. Each
    holds two or three connections to PostgreSQL and a few megabytes of caches."""
    web_client: Path | None = None
    """Folder of the installed web client; none: `bss/web/node_modules/tryton-sao`."""
    cache: Path = Field(default_factory=_default_cache)
    """Folder of prepared databases. May be deleted at any time: it is made again."""
    admin_password_file: Path | None = None
    """Password of the distributor's user `admin`, used when the root database is made."""

    @field_validator("database_url")
    @classmethod
    def _server_only(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"postgresql", "postgres"}:
            raise ValueError("must be a postgresql:// address of a server, such as postgresql://user@localhost:5432/")
        # A database name in the address would silently be replaced by the tenant's.
        return parts._replace(scheme="postgresql", path="/").geturl()

    @field_validator("public_url")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @property
    def login_url(self) -> str:
        """Address of the web client: the same for the distributor and for every tenant."""
        return f"{self.public_url}/"


@cache
def settings() -> Settings:
    """The settings of this process.

    Raises pydantic.ValidationError when one is missing or wrong.
    """
    return Settings()


def configure() -> Settings:
    """Put the settings into Tryton's configuration; safe to repeat."""
    current = settings()
    options = {
        ("database", "uri"): current.database_url,
        # Administrative connections go to `postgres`, because one to a template would make CREATE DATABASE fail.
        ("database", "default_name"): "postgres",
        # With hundreds of tenant databases in a process, idle ones must not hold a connection each.
        ("database", "minconn"): "0",
        ("database", "maxconn"): "16",
        ("database", "timeout"): "300",
        # Strangers learn nothing about which tenants exist.
        ("database", "list"): "False",
        # What one process changes (a user's rights, language or groups), the others hear at once through PostgreSQL.
        # With a time-out, Tryton looks every few minutes, and then at one database only.
        ("cache", "clean_timeout"): "0",
        # Attachments are kept in the tenant's database: copied, backed up and purged with it. In files, a name that
        # a user sets would reach those of other tenants.
        ("attachment", "filestore"): "False",
        ("queue", "worker"): "True",
        ("web", "listen"): current.bind,
    }
    for (section, option), value in options.items():
        if not trytond.config.has_section(section):
            trytond.config.add_section(section)
        trytond.config.set(section, option, value)
    return current
