use lib/resources.nu [command-check file no-packages no-service packages service]

const CONFIG = "/etc/containerd/config.toml"

export def install [context: record, host: record]: nothing -> list<any> { [(packages [containerd runc])] }

export def configure [context: record, host: record]: nothing -> list<any> {
  [(file $CONFIG (config $context.params) --service containerd) (service containerd)]
}

export def health [context: record, host: record]: nothing -> list<any> { [(command-check "ctr version" 'timeout 10 ctr version')] }

# Images and containers stay.
export def remove [context: record, host: record]: nothing -> list<any> { [(no-service containerd) (no-packages [containerd])] }

def config [params: record]: nothing -> string {
  $"# Written by provisioning \(taskserv containerd); changes are overwritten.
version = 2

[plugins.\"io.containerd.grpc.v1.cri\"]
  sandbox_image = \"($params.sandbox_image)\"

[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc]
  runtime_type = \"io.containerd.runc.v2\"

[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc.options]
  SystemdCgroup = ($params.systemd_cgroup)
"
}
