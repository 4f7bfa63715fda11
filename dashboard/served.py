"""The dashboard as a web application: the pages of ``app`` with what Streamlit must know for people to sign in.

The secrets stay in this process; no file is written for Streamlit.
"""

import os
from collections.abc import Mapping
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from dashboard.addresses import Addresses
from dashboard.launch import APP
from pipelines.access import CALLBACK, DISCOVERY, VARIABLE, Access, read_access
from pipelines.access_secrets import AccessSecrets, read_secrets

SCOPES = {"email": "openid email", "sub": "openid", "oid": "openid profile"}


def sign_in_settings(access: Access, secrets: AccessSecrets) -> dict[str, dict[str, object]]:
    """Return what Streamlit reads as the section ``[auth]`` of its secrets; no more is asked for than is needed."""
    return {
        "auth": {
            "redirect_uri": access.address + CALLBACK,
            "cookie_secret": secrets.cookie_secret,
            "client_id": access.provider.client_id,
            "client_secret": secrets.client_secret,
            "server_metadata_url": access.provider.issuer.rstrip("/") + DISCOVERY,
            "client_kwargs": {"scope": SCOPES[access.provider.person]},
        }
    }


def _settings(path: str) -> Mapping[str, dict[str, object]]:
    if not path:
        return {}
    return sign_in_settings(read_access(Path(path)), read_secrets(Path(path).parent))


app = st.App(APP, secrets=_settings(os.environ.get(VARIABLE, "")), middleware=[Middleware(Addresses)])
