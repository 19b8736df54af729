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
  # As data: its text is made for a terminal.
  let outcome = do { run-external ...$command ...$arguments "--json" } | complete
  if $outcome.exit_code == 0 { return }
  let said = try { $outcome.stdout | from json } catch { {} }
  let errors = $said.errors? | default [$said.error?] | compact
  let text = if ($errors | is-empty) { $outcome.stderr | lines | str trim | where $it != "" | str join " · " } else { $errors | get message | str join "; " }
  refuse usage $"($arguments.0) ($arguments.2): ($text)" ($errors | get --optional 0.hint)
}
