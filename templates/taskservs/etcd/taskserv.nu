# A cluster of etcd with TLS between members and towards clients. Every private key is made on the host that uses it and
# stays there; what travels are requests and certificates. The authority's key is on the first server.
use lib/refusal.nu refuse
use lib/resources.nu [command-check file folder no-file no-packages no-service packages reading service step]

const PKI = "/etc/etcd/pki"
const DATA = "/var/lib/etcd/provisioning"
const CONFIG = "/etc/default/etcd"

const MAKE_AUTHORITY = 'umask 077
openssl ecparam -name prime256v1 -genkey -noout -out "$1/ca.key.new" &&
openssl req -x509 -new -key "$1/ca.key.new" -sha256 -days 3650 -subj "/CN=etcd authority" -out "$1/ca.crt.new" &&
mv "$1/ca.key.new" "$1/ca.key" && chmod 644 "$1/ca.crt.new" && mv "$1/ca.crt.new" "$1/ca.crt"'

const MAKE_KEY = 'umask 077
[ -s "$1/server.key" ] || { openssl ecparam -name prime256v1 -genkey -noout -out "$1/server.key.new" && mv "$1/server.key.new" "$1/server.key"; }
chown root:etcd "$1/server.key" && chmod 640 "$1/server.key"'

# A request for a certificate, where there is none that holds for another month, for these names, and for this key.
const REQUEST = 'cd "$1" && test -s server.key || { echo none; exit; }
if openssl x509 -in server.crt -noout -checkend 2592000 >/dev/null 2>&1 &&
  openssl verify -CAfile ca.crt server.crt >/dev/null 2>&1 &&
  [ "$(openssl x509 -in server.crt -noout -pubkey)" = "$(openssl pkey -in server.key -pubout)" ] &&
  [ "$(openssl x509 -in server.crt -noout -ext subjectAltName | tail -n 1 | sed "s/IP Address/IP/g; s/ //g")" = "$2" ]; then exit; fi
openssl req -new -key server.key -subj "/CN=etcd" || echo none'

# Says itself for which names, whatever the request says.
const SIGN = 'printf %s "$2" | openssl x509 -req -sha256 -days 3650 -CA "$1/ca.crt" -CAkey "$1/ca.key" -set_serial "0x$(openssl rand -hex 16)" -extfile /dev/fd/3 3<<END
subjectAltName=$3
extendedKeyUsage=serverAuth,clientAuth
END'

const HEALTH = 'ETCDCTL_API=3 etcdctl --command-timeout 3s --endpoints "https://127.0.0.1:$2" --cacert "$1/ca.crt" --cert "$1/server.crt" --key "$1/server.key" endpoint health'

export def check [context: record]: nothing -> nothing {
  let without = $context.hosts | where {|host| ($host.address? | default "") !~ '^[0-9A-Fa-f.:]+\z' } | get name
  if ($without | is-not-empty) { refuse usage $"taskserv ($context.name) needs the address of ($without | str join ', ')" "Members know each other by address: give the server one, in digits." }
}

export def install [context: record, host: record]: nothing -> list<any> {
  let authority = if $host.name == ($context.hosts | first).name { [(step authority 'test -s "$1/ca.key" && test -s "$1/ca.crt"' $MAKE_AUTHORITY $PKI)] } else { [] }
  [
    (packages [etcd-server etcd-client openssl])
    (folder /etc/etcd)
    (folder $PKI)
    ...$authority
    (step key 'test -s "$1/server.key" && [ "$(stat -c %U:%G "$1/server.key")" = root:etcd ]' $MAKE_KEY $PKI)
    (reading authority 'cat "$1/ca.crt"' $PKI)
    (reading request $REQUEST $PKI (names-of $host))
    (reading member 'test -d "$1/member" && echo yes' $DATA)
  ]
}

# Whoever has no good certificate gets one from the authority.
export def exchange [context: record]: nothing -> record {
  let main = $context.hosts | first
  let members = $context.hosts | where {|host| $host.found.member? != "" }
  let strangers = $context.hosts | where {|host| $host.found.member? == "" }
  if ($members | is-not-empty) and ($strangers | is-not-empty) {
    refuse conflict $"($members | get name | str join ', ') form an etcd cluster already, and ($strangers | get name | str join ', ') do not belong to it" "Adding members to a running cluster is not supported: take these servers out of the list, or delete the taskserv and its data first."
  }
  let asking = $context.hosts | enumerate | where {|it| $it.item.found.request? starts-with "-----BEGIN" }
  if ($asking | is-empty) { return {} }
  { $main.name: ($asking | each {|it| reading $"certificate_($it.index)" $SIGN $PKI $it.item.found.request (names-of $it.item) }) }
}

export def configure [context: record, host: record]: nothing -> list<any> {
  [
    ...(certificates $context $host)
    (folder $DATA --mode "0700" --owner etcd:etcd)
    (file $CONFIG (settings $context $host) --service etcd)
    (service etcd --no-wait --logs [/var/log/etcd.log])
  ]
}

export def health [context: record, host: record]: nothing -> list<any> {
  [(command-check "etcdctl endpoint health" $HEALTH $PKI ($context.params.client_port | into string))]
}

# The data stays, and so do the keys that belong to it.
export def remove [context: record, host: record]: nothing -> list<any> {
  [(no-service etcd) (no-file $CONFIG) (no-packages [etcd-server])]
}

def certificates [context: record, host: record]: nothing -> list<any> {
  let main = $context.hosts | first
  let index = $context.hosts | enumerate | where {|it| $it.item.name == $host.name } | first | get index
  let certificate = $main.found | get --optional $"certificate_($index)" | default ""
  if $main.found.authority? == "" or ($host.found.request? != "" and $certificate == "") {
    # Where one only looks, nobody has made or signed anything.
    return [(step certificate 'false' 'echo "E: the authority on the first server has signed nothing"; false')]
  }
  [
    (file $"($PKI)/ca.crt" $main.found.authority --service etcd)
    ...(if $certificate == "" { [] } else { [(file $"($PKI)/server.crt" $certificate --service etcd)] })
  ]
}

def settings [context: record, host: record]: nothing -> string {
  let params = $context.params
  let peer = {|it| $"https://(in-url $it.address):($params.peer_port)" }
  let own = in-url $host.address
  let values = {
    NAME: $host.name
    DATA_DIR: $DATA
    LISTEN_PEER_URLS: (do $peer $host)
    LISTEN_CLIENT_URLS: $"https://($own):($params.client_port),https://127.0.0.1:($params.client_port)"
    ADVERTISE_CLIENT_URLS: $"https://($own):($params.client_port)"
    INITIAL_ADVERTISE_PEER_URLS: (do $peer $host)
    INITIAL_CLUSTER: ($context.hosts | each {|it| $"($it.name)=(do $peer $it)" } | str join ",")
    INITIAL_CLUSTER_TOKEN: $params.token
    INITIAL_CLUSTER_STATE: new
    HEARTBEAT_INTERVAL: ($params.heartbeat_ms | into string)
    ELECTION_TIMEOUT: ($params.election_ms | into string)
    CERT_FILE: $"($PKI)/server.crt"
    KEY_FILE: $"($PKI)/server.key"
    TRUSTED_CA_FILE: $"($PKI)/ca.crt"
    CLIENT_CERT_AUTH: "true"
    PEER_CERT_FILE: $"($PKI)/server.crt"
    PEER_KEY_FILE: $"($PKI)/server.key"
    PEER_TRUSTED_CA_FILE: $"($PKI)/ca.crt"
    PEER_CLIENT_CERT_AUTH: "true"
  }
  let lines = $values | items {|key, value| $"ETCD_($key)=\"($value)\"\n" }
  $"# Written by provisioning \(taskserv etcd); changes are overwritten.\n($lines | str join)"
}

def in-url [address: string]: nothing -> string { if ":" in $address { $"[($address)]" } else { $address } }

# As openssl writes them.
def names-of [host: record]: nothing -> string { $"DNS:($host.name),DNS:localhost,IP:($host.address),IP:127.0.0.1" }
