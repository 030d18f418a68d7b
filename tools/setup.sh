# Sourced by tools/try and tools/test: makes .venv in the checkout and installs mailhelp into it.
# Needs Python 3.11 or later; installs Debian's python3-venv where Python came without it.
# Says each step in one line on stderr; what the programs of a step write is shown only if it fails.

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

# must WHAT COMMAND…: say WHAT, run COMMAND in silence; if it fails, show what it wrote and end
must() {
    printf 'mailhelp: %s\n' "$1" >&2
    shift
    said=$("$@" 2>&1 </dev/null) || fail "$said
mailhelp: that failed, as said above. Try again when it is mended."
}

find_python() {
    for python in python3 python3.14 python3.13 python3.12 python3.11; do
        if command -v "$python" >/dev/null 2>&1 &&
            "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
            command -v "$python"
            return
        fi
    done
    fail "mailhelp needs Python 3.11 or later. On Debian or Ubuntu: apt-get install python3"
}

install_venv_module() {
    command -v apt-get >/dev/null 2>&1 || fail "Python's venv module is missing: install it."
    if [ "$(id -u)" = 0 ]; then
        as_root=
    elif command -v sudo >/dev/null 2>&1; then
        as_root=sudo
        sudo -v || exit 1 # asks for the password where it can be seen
    else
        fail "Python's venv module is missing. As root: apt-get install python3-venv"
    fi
    export DEBIAN_FRONTEND=noninteractive
    must "looking for Debian's python3-venv, which Python needs" $as_root apt-get update -qq
    must "installing python3-venv" $as_root apt-get install -qq -y --no-install-recommends python3-venv
}

# setup TOP LOCK: into TOP/.venv; LOCK is '' (the newest that pyproject.toml allows), or a file of releases with hashes
setup() {
    if [ ! -x "$1/.venv/bin/pip" ]; then
        python=$(find_python) || exit 1
        "$python" -c 'import ensurepip' 2>/dev/null || install_venv_module
        rm -rf "$1/.venv"
        must "making $1/.venv" "$python" -m venv "$1/.venv"
    fi
    if [ -n "$2" ]; then
        must "installing what mailhelp and its tests need (a minute or less)" \
            "$1/.venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "$1/$2"
        must "installing mailhelp" "$1/.venv/bin/pip" install --quiet --disable-pip-version-check \
            --no-deps --no-build-isolation --editable "$1"
    else
        must "installing mailhelp and what it needs into it (a minute or less)" \
            "$1/.venv/bin/pip" install --quiet --disable-pip-version-check --editable "$1"
    fi
}
