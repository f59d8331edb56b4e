"""Sessions that need an environment of their own: the pretix plugin with the real pretix."""

import nox

nox.options.sessions = ["pretix"]
nox.options.reuse_existing_virtualenvs = True


@nox.session(python="3.11", venv_backend="virtualenv")
def pretix(session: nox.Session) -> None:
    """Install pretix, this library and the plugin; run the plugin's tests (arguments go to pytest)."""
    session.install("-q", "-e", ".", "-e", "integrations/pretix[test]")
    session.chdir("integrations/pretix")
    session.run("python", "-m", "pytest", *session.posargs)
