# Stands in for the build: an empty archive for each rule, as long as the tests run. The mocked provider uploads nothing.
# And what the tests need that are about every rule.

locals {
  catalogue = jsondecode(file("${path.module}/../../rules.json"))
  events    = "${path.module}/../../../events"

  # The rules' sample events that bring parameters, and are given a verdict with them.
  events_with_parameters = [
    for event in sort(flatten([for rule in keys(local.catalogue) : tolist(fileset(local.events, "${rule}/*.json"))])) : event
    if !startswith(basename(event), "error-") && can(jsondecode(jsondecode(file("${local.events}/${event}")).ruleParameters))
  ]
  samples = {
    # A Config rule's name has 40 characters.
    for index, event in local.events_with_parameters : substr("${index} ${event}", 0, 40) => {
      rule       = dirname(event)
      parameters = jsondecode(jsondecode(file("${local.events}/${event}")).ruleParameters)
    }
  }
}

output "catalogue" {
  value = local.catalogue
}

output "samples" {
  description = "A Config rule for each sample event."
  value       = local.samples
}

output "rules" {
  description = "A Config rule for each rule of the catalogue, with the shortest parameters of its sample events."
  value = {
    for rule in keys(local.catalogue) : rule => {
      parameters = jsondecode(substr(sort([
        for sample in values(local.samples) : format("%04d%s", length(jsonencode(sample.parameters)), jsonencode(sample.parameters)) if sample.rule == rule
      ])[0], 4, -1))
    }
  }
}

resource "terraform_data" "build" {
  input = "tests/build"

  provisioner "local-exec" {
    command = join(" && ", [
      for rule in keys(local.catalogue) : "mkdir -p ${self.input}/${rule} && : > ${self.input}/${rule}/bootstrap.zip"
    ])
  }

  provisioner "local-exec" {
    when    = destroy
    command = "rm -r ${self.input}"
  }
}
