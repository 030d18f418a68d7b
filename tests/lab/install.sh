#!/bin/sh
# Installs what the lab needs, on Debian and Ubuntu; for CI and for a developer's machine. Needs root.
# No daemon is started, port 25 stays closed, and Postfix gets no configuration in /etc/postfix:
# the lab brings its own.
set -eu

packages="postfix amavisd-new spamassassin dovecot-core swaks openssl iproute2"
# For recipes that the lab can do without: a third shell, DNS lookups, JSON, man pages.
packages="$packages busybox bind9-dnsutils dnsmasq-base jq man-db"

# What is counted of a log is compared with what pflogsumm counts.
packages="$packages pflogsumm"

# For a second Postfix, from Debian 13.
packages="$packages patchelf debian-archive-keyring"

# The engines that exports are tried in.
packages="$packages lnav"

# For completion and for filled-in commands, which are tried in real shells.
packages="$packages zsh fish mksh"

# invoke-rc.d asks this script before it starts a daemon; 101 means no.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 1' HUP INT TERM
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi

apt-get update
# Asked only when Postfix is new here; an existing /etc/postfix is kept as it is.
dpkg-query -W -f '${Status}' postfix 2>/dev/null | grep -q 'ok installed' ||
  echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections
# shellcheck disable=SC2086 # a list of words
DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $packages

# Does Postfix read a configuration that is not in /etc/postfix?
trial=$(mktemp -d)
printf 'compatibility_level = 3.6\nmyhostname = mail.local.example\n' >"$trial/main.cf"
: >"$trial/master.cf"
name=$(postconf -c "$trial" -h myhostname)
rm -r "$trial"
[ "$name" = mail.local.example ] || { echo "postconf -c does not work: $name" >&2; exit 1; }

sh "$(dirname "$0")/debian13.sh" /var/cache/mailhelp-lab/debian13
echo "The lab's packages are installed."
