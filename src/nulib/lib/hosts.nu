# Programs on hosts.
use providers/provider.nu host-exec

# Runs a program of ours on a server, as root: { stdout, stderr, exit_code }. Its text goes in by the standard input, so
# that nothing of it is in a process list, here or there.
export def run-on [request: record, server: string, program: string]: nothing -> record {
  let outcome = host-exec $request $server ["sh" "-s"] --stdin $program
  $outcome | merge { stdout: (as-text $outcome.stdout), stderr: (as-text $outcome.stderr) }
}

def as-text [output: any]: nothing -> string {
  if ($output | describe) == binary { $output | decode utf-8 } else { $output }
}
