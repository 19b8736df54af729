# Rendering by the program's own `template render`: shipped templates, checked against the schema beside them.
use lib/refusal.nu refuse

# One process renders a template for many: `jobs` is a list of { values: record, output: path }.
export def render-template [template: string, jobs: list<any>]: nothing -> nothing {
  let folder = $env.PROVISIONING_TASK_DIR | path join render
  mkdir $folder
  let files = $jobs | enumerate | each {|it|
    let values = $folder | path join $"($template | path basename)-($it.index).json"
    $it.item.values | to json --raw | save --raw --force $values
    ["--values" $values "--output" $it.item.output]
  } | flatten
  run-cli ["template" "render" $template ...$files]
}

def run-cli [arguments: list<string>]: nothing -> nothing {
  let command = $env.PROVISIONING_COMMAND | from json
  let outcome = do { run-external ...$command ...$arguments } | complete
  if $outcome.exit_code == 0 { return }
  print --stderr $outcome.stderr
  refuse usage $"($arguments | first 3 | str join ' '): ($outcome.stderr | str trim)"
}
