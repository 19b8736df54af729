use lib/resources.nu [file folder http-check no-file no-packages no-service packages service]

const SITE = "/etc/nginx/conf.d/provisioning.conf"

export def install [context: record, host: record]: nothing -> list<any> {
  let version = $context.params.version?
  [(packages [(if $version == null { "nginx" } else { $"nginx=($version)" })])]
}

export def configure [context: record, host: record]: nothing -> list<any> {
  let params = $context.params
  [
    ...(if $params.proxy? == null { [(folder $params.root) (file $"($params.root)/index.html" ($params.index? | default (page $host)))] } else { [] })
    # The page that the package brings listens on port 80, too.
    (no-file /etc/nginx/sites-enabled/default --service nginx --reload)
    (file $SITE (site $params) --service nginx --reload)
    (service nginx --test "nginx -t" --logs [/var/log/nginx/error.log])
  ]
}

export def health [context: record, host: record]: nothing -> list<any> {
  [(http-check $context.params.port $context.params.health_path)]
}

# What it served stays.
export def remove [context: record, host: record]: nothing -> list<any> {
  [(no-service nginx) (no-file $SITE) (no-packages [nginx nginx-common])]
}

def site [params: record]: nothing -> string {
  let location = if $params.proxy? == null {
    $"    root ($params.root);\n    location / { try_files $uri $uri/ =404; }"
  } else {
    $"    location / {
      proxy_pass ($params.proxy);
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }"
  }
  $"# Written by provisioning \(taskserv nginx); changes are overwritten.
server {
    listen ($params.port) default_server;
    server_name ($params.server_name);
($location)
}
"
}

def page [host: record]: nothing -> string { $"<!doctype html>\n<title>($host.name)</title>\n<h1>($host.name)</h1>\n" }
