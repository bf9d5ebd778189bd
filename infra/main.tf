# The Config rules of one account and Region. What there is to deploy stands in rules.json, which is generated from the
# rule catalogue: a new rule changes no line here.

data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

locals {
  catalogue = jsondecode(file("${path.module}/rules.json"))

  # The Config rules that are switched on, each with its entry of the catalogue. One that has no entry gets as far as the
  # precondition that says so.
  config_rules = {
    for name, rule in var.rules : name => merge(rule, {
      rule       = coalesce(rule.rule, name)
      parameters = { for parameter, value in rule.parameters : parameter => value if value != null }
      metadata   = try(local.catalogue[coalesce(rule.rule, name)], { parameters = [], resourceTypes = [] })
    }) if rule.enabled
  }

  # What a Config rule asks for that its catalogue rule does not have.
  unknown = {
    for name, rule in local.config_rules : name => {
      parameters     = setsubtract(keys(rule.parameters), rule.metadata.parameters[*].name)
      resource_types = length(rule.metadata.resourceTypes) == 0 ? [] : setsubtract(rule.resource_types, rule.metadata.resourceTypes)
    }
  }

  # One function for all Config rules of the same catalogue rule; none for a rule that nobody uses.
  functions = {
    for rule, metadata in local.catalogue : rule => {
      name        = "${var.name_prefix}${rule}"
      archive     = "${var.build_folder}/${rule}/bootstrap.zip"
      description = metadata.description
      # What a rule asks EC2 belongs to its role only if one of its Config rules makes it ask.
      iam_actions = concat(metadata.iamActions, metadata.factsByDefault || anytrue([
        for config_rule in values(local.config_rules) : config_rule.rule == rule && length(setintersection(
          keys(config_rule.parameters), [for parameter in metadata.parameters : parameter.name if parameter.needsFacts]
        )) > 0
      ]) ? metadata.factActions : [])
    } if contains(values(local.config_rules)[*].rule, rule)
  }
}

resource "aws_config_config_rule" "rule" {
  for_each = local.config_rules

  name             = each.key
  description      = each.value.metadata.description
  input_parameters = length(each.value.parameters) == 0 ? null : jsonencode(each.value.parameters)
  tags             = var.tags

  source {
    owner             = "CUSTOM_LAMBDA"
    source_identifier = aws_lambda_function.rule[each.value.rule].arn

    # An item too large for a notification comes as the second type. Without it, that resource is never judged.
    dynamic "source_detail" {
      for_each = ["ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification"]
      content {
        event_source = "aws.config"
        message_type = source_detail.value
      }
    }
  }

  dynamic "scope" {
    for_each = each.value.scope_tag_key == null ? [] : [each.value]
    content {
      tag_key   = scope.value.scope_tag_key
      tag_value = scope.value.scope_tag_value
    }
  }

  # A rule that judges every type, and is given none, has no scope: it sees every recorded resource.
  dynamic "scope" {
    for_each = [
      for types in [try(coalescelist(each.value.resource_types, each.value.metadata.resourceTypes), [])] :
      types if each.value.scope_tag_key == null && length(types) > 0
    ]
    content {
      compliance_resource_types = scope.value
    }
  }

  # AWS Config tries to invoke the function when the rule is made.
  depends_on = [aws_lambda_permission.config]

  # All that can be wrong with a rule, so that one plan tells it all.
  lifecycle {
    precondition {
      condition     = contains(keys(local.catalogue), each.value.rule)
      error_message = "${each.key}: the catalogue has no rule \"${each.value.rule}\", only ${join(", ", keys(local.catalogue))}. A Config rule with a name of its own says which one it is: rule = \"...\"."
    }

    precondition {
      # AWS Config appends 23 characters to the name of an organization's rule, and some of its calls take only 64.
      condition     = length(each.key) <= 40
      error_message = "${each.key}: the name has ${length(each.key)} characters; with at most 40 there is room for what AWS Config appends."
    }

    precondition {
      condition     = length(local.unknown[each.key].parameters) == 0
      error_message = "${each.key}: ${each.value.rule} has no parameter ${join(", ", local.unknown[each.key].parameters)}, only ${join(", ", each.value.metadata.parameters[*].name)}."
    }

    precondition {
      condition     = length(jsonencode(each.value.parameters)) <= 1024
      error_message = "${each.key}: the parameters have ${length(jsonencode(each.value.parameters))} characters as JSON; AWS Config takes at most 1024."
    }

    precondition {
      condition     = each.value.scope_tag_value == null || each.value.scope_tag_key != null
      error_message = "${each.key}: scope_tag_value needs a scope_tag_key."
    }

    precondition {
      condition     = each.value.scope_tag_key == null || length(each.value.resource_types) == 0
      error_message = "${each.key}: AWS Config scopes a rule by resource types or by a tag, not by both: leave out resource_types or scope_tag_key."
    }

    precondition {
      condition     = length(local.unknown[each.key].resource_types) == 0
      error_message = "${each.key}: ${each.value.rule} does not judge ${join(", ", local.unknown[each.key].resource_types)}, only ${join(", ", each.value.metadata.resourceTypes)}."
    }

    precondition {
      condition     = try(fileexists(local.functions[each.value.rule].archive), true)
      error_message = "${try(local.functions[each.value.rule].archive, "")} does not exist. Build it: cargo lambda build --release ${var.architecture == "arm64" ? "--arm64" : "--x86-64"} --output-format zip -p ${each.value.rule}"
    }
  }
}
