# The functions that some Config rules need, and what AWS Config has to know of each rule. What there is to deploy stands in
# rules.json, which is generated from the rule catalogue: a new rule changes no line here.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  catalogue    = jsondecode(file(coalesce(var.catalogue, "${path.module}/../../rules.json")))
  build_folder = coalesce(var.build_folder, "${path.module}/../../../target/lambda")

  # The Config rules that are switched on, each with its entry of the catalogue. One that has no entry gets as far as its
  # problems say so.
  config_rules = {
    for name, rule in var.rules : name => merge(rule, {
      rule     = coalesce(rule.rule, name)
      metadata = try(local.catalogue[coalesce(rule.rule, name)], { description = "", parameters = [], resourceTypes = [] })
      parameters = merge(
        { for parameter, value in rule.parameters : parameter => value if value != null },
        var.execution_role_name == null ? {} : { ExecutionRoleName = var.execution_role_name },
      )
    }) if rule.enabled
  }

  # The names in Parameter Store that a rule's parameters refer to, as a whole or as items of a list; without a leading slash,
  # and without a version. Of `@30d` earlier values count as well, which is another call.
  stored_parameters = {
    for name, rule in local.config_rules : name => flatten([
      for value in values(rule.parameters) : [
        for found in regexall("(?:^|[,\\[\"])\\s*ssm:/([A-Za-z0-9_./-]+)(@?)", value) : { path = found[0], history = found[1] == "@" }
      ]
    ])
  }

  # Whether a rule's answer can change while the resource does not: what EC2 tells, a date, a value in Parameter Store.
  drifts = {
    for name, rule in local.config_rules : name => try(rule.metadata.drifts, false) || anytrue([
      for parameter in rule.metadata.parameters : parameter.drifts if contains(keys(rule.parameters), parameter.name)
    ]) || length(local.stored_parameters[name]) > 0
  }

  # How often a rule looks at all there is: by default once a day, if its answer drifts or nothing else invokes it, or else
  # never.
  frequencies = {
    for name, rule in local.config_rules : name => (
      rule.maximum_execution_frequency == "" ? null
      : rule.maximum_execution_frequency != null ? rule.maximum_execution_frequency
      : local.drifts[name] || try(rule.metadata.scheduleOnly, false) ? "TwentyFour_Hours" : null
    )
  }

  # One function for all Config rules of the same catalogue rule; none for a rule that nobody uses.
  functions = {
    for rule, metadata in local.catalogue : rule => {
      name        = "${var.name_prefix}${rule}"
      archive     = "${local.build_folder}/${rule}/bootstrap.zip"
      description = metadata.description
      # Looking at all there is, and what a parameter asks EC2, belong to its role only if one of its Config rules does so.
      iam_actions = distinct(concat(metadata.iamActions, flatten([
        for name, config_rule in local.config_rules : concat(
          local.frequencies[name] != null || config_rule.snapshots ? metadata.runActions : [],
          # With a tag as scope, AWS Config sends the changes of everything that has it.
          length(try(metadata.furtherTriggers, [])) > 0 && (config_rule.further_triggers || config_rule.scope_tag_key != null) ? metadata.furtherTriggerActions : [],
          flatten([for parameter in metadata.parameters : parameter.iamActions if contains(keys(config_rule.parameters), parameter.name)]),
        ) if config_rule.rule == rule
      ])))
      action_resources = try(metadata.actionResources, {})
      reads_snapshots  = anytrue([for config_rule in values(local.config_rules) : config_rule.snapshots if config_rule.rule == rule])
      stored_parameters = distinct(flatten([
        for name, config_rule in local.config_rules : [for stored in local.stored_parameters[name] : stored.path if !stored.history] if config_rule.rule == rule
      ]))
      stored_histories = distinct(flatten([
        for name, config_rule in local.config_rules : [for stored in local.stored_parameters[name] : stored.path if stored.history] if config_rule.rule == rule
      ]))
    } if contains(values(local.config_rules)[*].rule, rule)
  }
}
