use lib/resources.nu [file folder hostname let-in no-file packages sysctl user]

const SYSCTL = "/etc/sysctl.d/60-provisioning.conf"

export def install [context: record, host: record]: nothing -> list<any> {
  let params = $context.params
  let sudo = $params.users | any {|user| $user.sudo? | default false }
  [(packages ($params.packages ++ (if $sudo { [sudo] } else { [] }) ++ (if ($params.sysctl | is-empty) { [] } else { [procps] })))]
}

export def configure [context: record, host: record]: nothing -> list<any> {
  let params = $context.params
  [
    ...(if $params.hostname { [(hostname $host.name)] } else { [] })
    ...($params.users | each {|it| account $it } | flatten)
    ...(kernel $params.sysctl)
    ...($params.open | each {|rule| let-in $rule })
  ]
}

export def remove [context: record, host: record]: nothing -> list<any> {
  let sudoers = $context.params.users | where {|it| $it.sudo? | default false }
  [(no-file $SYSCTL) ...($sudoers | each {|it| no-file (sudoers-of $it) })]
}

def account [it: record]: nothing -> list<any> {
  let home = if $it.name == root { "/root" } else { $"/home/($it.name)" }
  let owner = $"($it.name):($it.name)"
  [
    (user $it.name --groups ($it.groups? | default []) --shell ($it.shell? | default ""))
    ...(if $it.authorized_keys? == null { [] } else {
      [
        (folder $"($home)/.ssh" --mode "0700" --owner $owner)
        (file $"($home)/.ssh/authorized_keys" ($it.authorized_keys | each {|key| $"($key)\n" } | str join) --mode "0600" --owner $owner)
      ]
    })
    ...(if ($it.sudo? | default false) { [(file (sudoers-of $it) $"($it.name) ALL=\(ALL:ALL) NOPASSWD: ALL\n" --mode "0440")] } else { [] })
  ]
}

# sudo reads no file of this folder whose name has a dot.
def sudoers-of [it: record]: nothing -> string { $"/etc/sudoers.d/provisioning-($it.name)" }

def kernel [settings: record]: nothing -> list<any> {
  if ($settings | is-empty) { return [] }
  let lines = $settings | items {|key, value| $"($key) = ($value)\n" }
  # What the kernel refuses is in no file.
  [...($settings | items {|key, value| sysctl $key $value }) (file $SYSCTL ($lines | str join))]
}
