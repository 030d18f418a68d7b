#!/bin/sh
# A mail server on loopback: Postfix with STARTTLS and SASL, amavis as before-queue filter.
#
#   lab.sh start DIRECTORY BASE_PORT    an empty or absent DIRECTORY; everybody may enter its parents
#   lab.sh stop DIRECTORY
#
# Needs root and the packages of install.sh. Listens on 127.0.0.1 only, on BASE_PORT and the ports
# behind it (see PORTS in lab.py, which must agree). Writes nothing outside DIRECTORY.
# With POSTFIX_ROOT, a folder that debian13.sh made, it is the Postfix in there that runs.
set -eu
R=${POSTFIX_ROOT:-}
[ -z "$R" ] || PATH=$R/usr/sbin:$PATH

usage() { echo "usage: lab.sh start DIRECTORY BASE_PORT | stop DIRECTORY" >&2; exit 2; }

# certificate NAME DAYS SIGNER: tls/NAME.pem, the key and chain for the names in tls/names.
# A negative number of days makes a certificate that has expired.
certificate() {
  openssl req -newkey rsa:2048 -nodes -subj /CN=mail.local.example -keyout "$1.key" -out "$1.csr"
  if [ "$3" = self ]; then
    openssl x509 -req -in "$1.csr" -signkey "$1.key" -days "$2" -extfile names -out "$1.crt"
    cat "$1.key" "$1.crt" >"$1.pem"
  else
    openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days "$2" \
      -extfile names -out "$1.crt"
    cat "$1.key" "$1.crt" ca.pem >"$1.pem"
  fi
  chmod 600 "$1.key" "$1.pem"
}

certificates() {
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=lab-ca -keyout ca.key -out ca.pem
  chmod 600 ca.key
  echo 'subjectAltName=DNS:mail.local.example,DNS:localhost' >names
  certificate server 2 ca
  certificate expired -1 ca
  certificate selfsigned 2 self
}

postfix_configuration() {
  cat >"$E/main.cf" <<M
compatibility_level = 3.6
queue_directory = $D/spool
data_directory = $D/data
maillog_file = $D/log/mail.log
maillog_file_prefixes = $D/log
myhostname = mail.local.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.1/32
disable_dns_lookups = yes
smtp_host_lookup = native
default_transport = error:outside mail is off
relay_transport = error:outside mail is off
transport_maps = inline:{ { later.example = smtp:[127.0.0.1]:$((P + 8)) } { never.example = error:5.1.2 no such domain } }
alias_maps =
local_recipient_maps =
virtual_mailbox_domains = local.example
virtual_mailbox_maps = inline:{ { test@local.example = test/ } { other@local.example = other/ } }
virtual_mailbox_base = $D/mail
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
smtpd_relay_restrictions = permit_sasl_authenticated reject_unauth_destination
smtpd_tls_chain_files = $D/tls/server.pem
smtpd_tls_security_level = may
smtpd_tls_loglevel = 1
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
M
  # Where its own programs and lists are, if not where this machine's Postfix has them.
  [ -z "$R" ] || cat >>"$E/main.cf" <<M
command_directory = $R/usr/sbin
daemon_directory = $R/usr/lib/postfix/sbin
shlib_directory = $R/usr/lib/postfix
meta_directory = $R/etc/postfix
sendmail_path = $R/usr/sbin/sendmail
M
  # One service for each thing that goes wrong; BASE_PORT + 8 stays closed, for refused connections.
  cat >"$E/master.cf" <<M
postlog unix-dgram n - n - 1 postlogd
127.0.0.1:$((P + 1)) inet n - n - - smtpd -o smtpd_proxy_filter=127.0.0.1:$P
127.0.0.1:$((P + 2)) inet n - n - - smtpd
  -o smtpd_authorized_xforward_hosts=127.0.0.0/8 -o smtpd_tls_security_level=none
127.0.0.1:$((P + 3)) inet n - n - - smtpd -o syslog_name=postfix/submission
  -o smtpd_tls_security_level=encrypt -o smtpd_sasl_auth_enable=yes
127.0.0.1:$((P + 4)) inet n - n - - smtpd -o syslog_name=postfix/smtps
  -o smtpd_tls_wrappermode=yes -o smtpd_sasl_auth_enable=yes
127.0.0.1:$((P + 5)) inet n - n - - smtpd -o syslog_name=postfix/expired
  -o smtpd_tls_chain_files=$D/tls/expired.pem
127.0.0.1:$((P + 6)) inet n - n - - smtpd -o syslog_name=postfix/selfsigned
  -o smtpd_tls_chain_files=$D/tls/selfsigned.pem
127.0.0.1:$((P + 7)) inet n - n - - smtpd -o syslog_name=postfix/old
  -o smtpd_tls_protocols=TLSv1.2 -o smtpd_tls_mandatory_protocols=TLSv1.2
pickup unix n - n 60 1 pickup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
anvil unix - - n - 1 anvil
virtual unix - n n - - virtual
cleanup unix n - n - 0 cleanup
retry unix - - n - - error
showq unix n - n - - showq
flush unix n - n 1000? 0 flush
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
M
}

amavis_configuration() {
  cat >"$D/amavis.conf" <<A
use strict;
\$MYHOME='$D/amavis'; \$helpers_home=\$MYHOME; \$TEMPBASE="\$MYHOME/tmp";
\$daemon_user='amavis'; \$daemon_group='amavis'; \$pid_file="\$MYHOME/pid"; \$lock_file="\$MYHOME/lock";
\$enable_db=0; \$max_servers=2; \$myhostname='mail.local.example'; \$mydomain='local.example';
@local_domains_maps=(['.local.example']); \$unix_socketname=undef;
\$inet_socket_bind='127.0.0.1'; \$inet_socket_port=$P;
\$forward_method='smtp:[127.0.0.1]:$((P + 2))'; \$notify_method=\$forward_method;
\$sa_local_tests_only=1; \$sa_kill_level_deflt=6.9; \$final_spam_destiny=D_REJECT;
\$spam_quarantine_to=undef; @bypass_virus_checks_maps=(1);
\$log_level=2; \$DO_SYSLOG=0; \$LOGFILE='$D/amavis/amavis.log';
1;
A
}

# Without a delay for wrong passwords: the tests give many.
dovecot_configuration() {
  cat >"$D/dovecot.conf" <<A
protocols =
ssl = no
base_dir = $D/run
state_dir = $D/run-state
log_path = $D/log/dovecot.log
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u $D/users
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service auth {
  unix_listener $D/spool/private/auth {
    mode = 0600
    user = postfix
  }
}
A
  printf '%s\n' 'test:{PLAIN}secret' '0day:{PLAIN}1 %s\n $HOME' >"$D/users"
  chgrp dovecot "$D/users"
  chmod 640 "$D/users"
}

listening() { ss -Hltn "sport = :$1" | grep -q .; }

# wait_for PORT: at most 60 seconds.
wait_for() {
  tries=120
  until listening "$1"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || { echo "nothing listens on port $1"; exit 1; }
    sleep 0.5
  done
}

start() {
  install -d "$D" "$E" "$D/log" "$D/tls" "$D/spool" "$D/run-state"
  # The daemons keep our output open; a reader at its other end would wait for ever.
  exec >"$D/log/start" 2>&1 </dev/null
  install -d -m 700 -o postfix "$D/data"
  install -d -o nobody -g nogroup "$D/mail"
  install -d -o amavis -g amavis "$D/amavis" "$D/amavis/tmp"
  (cd "$D/tls" && certificates)
  postfix_configuration
  amavis_configuration
  dovecot_configuration
  postfix -c "$E" start # first: it makes spool/private for dovecot's socket
  dovecot -c "$D/dovecot.conf"
  amavisd -c "$D/amavis.conf" start
  wait_for "$P"
  wait_for $((P + 1))
}

stop() {
  exec >>"$D/log/start" 2>&1 </dev/null
  # Side by side, as each waits for its processes to end.
  amavisd -c "$D/amavis.conf" stop &
  doveadm -c "$D/dovecot.conf" stop &
  postfix -c "$E" stop &
  wait
}

[ $# -ge 2 ] || usage
D=$2
E=$D/etc
case $1 in
  start) [ $# -eq 3 ] || usage; P=$3; start ;;
  stop) stop ;;
  *) usage ;;
esac
