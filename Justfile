# Every chore of this project.

# run all tests, as CI does but for the lab's packages
test *args:
    sh tools/test {{args}}

# run the tests with the lowest releases that pyproject.toml allows
test-lowest *args:
    sh tools/test-lowest {{args}}

# write requirements/*.lock anew
lock:
    sh tools/lock

# print the bill of materials that a wheel gets
sbom:
    .venv/bin/python tools/sbom.py

# look the locked releases up in the public advisories; asks the network
audit:
    pipx run pip-audit --require-hashes --disable-pip -r requirements/test.lock

# compile corpus/ into index/
index:
    .venv/bin/python -m mailhelp.corpus.build

# validate the corpus
check:
    .venv/bin/mailhelp check corpus

# format and lint
lint:
    .venv/bin/ruff format .
    .venv/bin/ruff check --fix .
    .venv/bin/mypy

# time start-up against bare Python and man
bench:
    .venv/bin/python benchmarks/startup.py

# time whole logs against pflogsumm and grep
bench-logs *args:
    .venv/bin/python benchmarks/logs.py {{args}}

# what a second process gains with a whole log
bench-jobs *args:
    .venv/bin/python benchmarks/jobs.py {{args}}

# measure what hostile input costs, in time and memory
bench-growth *args:
    .venv/bin/python benchmarks/growth.py {{args}}

# fuzz one target of tests/fuzz/targets.py for some minutes (needs the extra fuzz)
fuzz target minutes *folder:
    .venv/bin/python -m tests.fuzz.run {{target}} {{minutes}} {{folder}}

# build the wheel and the source archive into dist/
dist:
    .venv/bin/pip wheel --no-deps --wheel-dir dist .
