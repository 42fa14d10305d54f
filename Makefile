# make run        start everything on http://127.0.0.1:8000 (PORT=… for another)
# make test       run every test, on SQLite and on PostgreSQL
# make quick      run the tests that need neither a browser nor real time, on SQLite; of those with
#                 several cases in the database the first, and no long walk
# make test-next  run every test on the newest Django 6 and Python at hand (QUICK=1: those that such
#                 a release breaks first)
# make check      check style, migrations, translations and deployment settings
# make bench      measure pages, sign-ups and mails beside a bare Django project
# make pictures   make the README's pictures anew, from the running application
# make vendor     make static/vendor anew: what the pages use of Bootstrap and of a font
# make messages   take new strings into the French catalogue and compile it
# make setup      make the environment alone
#
# On a server, make setup SERVER=1 installs nothing for tests, and make check SERVER=1 checks the
# settings of that server.

FITS := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
# Debian builds its own Python for speed: one that is compiled by hand takes a third longer for all.
PYTHON ?= $(shell /usr/bin/python3 -c '$(FITS)' 2>/dev/null && echo /usr/bin/python3 || echo python3)
PORT ?= 8000
BIN := .venv/bin
export PORT

.PHONY: setup run test quick test-next check bench pictures vendor messages

ON_SERVER := $(filter 1,$(SERVER))

setup: .venv/.installed$(if $(ON_SERVER),-server)

PYTHON_FITS = @$(PYTHON) -c '$(FITS)' 2>/dev/null || \
	  { echo 'Praxis needs Python 3.11 or newer with venv (Debian: apt-get install python3-venv). Name it with: make PYTHON=python3.12 …'; exit 1; }

.venv/.installed: requirements.txt requirements-pdf.txt requirements-dev.txt
	$(PYTHON_FITS)
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# A site that runs keeps its environment: only what has changed is installed.
.venv/.installed-server: requirements.txt
	$(PYTHON_FITS)
	[ -x $(BIN)/python ] || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

# Made once: the secret key of this copy.
.env:
	@umask 077; $(PYTHON) -c 'import secrets; print("SECRET_KEY=" + secrets.token_urlsafe(48))' > $@

# honcho gives each process another PORT, so the address of the links is set here.
run: export SITE_URL := $(or $(SITE_URL),$(shell sed -n 's/^SITE_URL=//p' .env 2>/dev/null),http://127.0.0.1:$(PORT))
run: export PLAIN_HTTP := $(or $(PLAIN_HTTP),$(if $(filter https://%,$(SITE_URL)),false,true))
run: setup .env
	@$(BIN)/python -c 'import socket; socket.create_server(("127.0.0.1", $(PORT)))' 2>/dev/null || \
	  { echo 'Port $(PORT) is not free. Try another one: PORT=9000 make run'; exit 1; }
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py collectstatic --no-input --verbosity 0
	@$(BIN)/python manage.py load_praxis --upcoming
	@echo
	@echo 'Praxis:      http://127.0.0.1:$(PORT)/'
	@echo 'Organisers:  http://127.0.0.1:$(PORT)/admin/'
	@echo "             a first account: $${DATA_DIR:+DATA_DIR=$$DATA_DIR }$(BIN)/python manage.py createsuperuser"
	@echo "Mails:       $${DATA_DIR:-var}/mail/ unless EMAIL_URL says otherwise. Ctrl-C ends everything."
	@echo
	@exec $(BIN)/honcho start --no-colour

test: setup
	@tests/run

quick: setup
	@tests/run --quick

# The same pins, without Django's own; requirements-next.txt has what they would hold back.
.venv-next/.installed: requirements.txt requirements-pdf.txt requirements-dev.txt requirements-next.txt
	$$(tests/newest-python) -m venv --clear .venv-next
	cat requirements.txt requirements-pdf.txt requirements-dev.txt | sed 's/ *#.*//; /^-r/d; /^Django==/d' > .venv-next/pins.txt
	.venv-next/bin/python -m pip install --quiet --disable-pip-version-check -r .venv-next/pins.txt -r requirements-next.txt
	@touch $@

test-next: .venv-next/.installed
	@.venv-next/bin/python -c 'import sys, django; print("== Python", sys.version.split()[0], "Django", django.__version__)'
	@VENV=.venv-next tests/run $(if $(QUICK),--next)

check: setup
	@tests/check $(if $(ON_SERVER),--server)

bench: setup
	@bench/run

pictures: setup
	@tests/tools
	@$(BIN)/python -m tests.pictures

vendor: setup
	@tests/tools
	@tests/vendor

messages: setup
	@tests/tools
	DEBUG=true SITE_URL=http://127.0.0.1 $(BIN)/python manage.py makemessages -l fr --ignore .venv --ignore var --ignore tests \
	  --extension html,md,py,txt --no-location --no-obsolete
	for each in fr/LC_MESSAGES/django fr/LC_MESSAGES/djangojs fr_150/LC_MESSAGES/django; do msgfmt --check-format -o locale/$$each.mo locale/$$each.po; done
