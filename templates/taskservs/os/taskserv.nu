use lib/resources.nu [authorized-keys file hostname let-in no-file no-other-files packages sysctl user]

const SYSCTL = "/etc/sysctl.d/60-provisioning.conf"
# sudo reads no file of this folder whose name has a dot.
const SUDOERS = "/etc/sudoers.d/provisioning-"

export def install [context: record, host: record]: nothing -> list<any> {
  let params = $context.params
  [(packages ($params.packages ++ (if ($params.users | any {|it| has-sudo $it }) { [sudo] } else { [] }) ++ (if ($params.sysctl | is-empty) { [] } else { [procps] })))]
}

export def configure [context: record, host: record]: nothing -> list<any> {
  let params = $context.params
  [
    ...(if $params.hostname { [(hostname $host.name)] } else { [] })
    ...($params.users | each {|it| account $it } | flatten)
    (no-other-files $SUDOERS ($params.users | where {|it| has-sudo $it } | get name))
    ...(kernel $params.sysctl)
    ...($params.open | each {|rule| let-in $rule })
  ]
}

# Users with their groups and keys stay, and so does what the firewall lets in: somebody may have come to need it.
export def remove [context: record, host: record]: nothing -> list<any> { [(no-file $SYSCTL) (no-other-files $SUDOERS [])] }

def account [it: record]: nothing -> list<any> {
  [
    (user $it.name --groups ($it.groups? | default []) --shell ($it.shell? | default ""))
    ...(if $it.authorized_keys? == null { [] } else { [(authorized-keys $it.name $it.authorized_keys)] })
    ...(if (has-sudo $it) { [(file $"($SUDOERS)($it.name)" $"($it.name) ALL=\(ALL:ALL) NOPASSWD: ALL\n" --mode "0440")] } else { [] })
  ]
}

def has-sudo [it: record]: nothing -> bool { $it.sudo? | default false }

def kernel [settings: record]: nothing -> list<any> {
  if ($settings | is-empty) { return [(no-file $SYSCTL)] }
  let lines = $settings | items {|key, value| $"($key) = ($value)\n" }
  # What the kernel refuses is in no file.
  [...($settings | items {|key, value| sysctl $key $value }) (file $SYSCTL ($lines | str join))]
}
