# All that can be wrong with a Config rule, in sentences, so that one plan tells it all.

locals {
  frequency_names = ["One_Hour", "Three_Hours", "Six_Hours", "Twelve_Hours", "TwentyFour_Hours"]

  # What a Config rule asks for that its catalogue rule does not have.
  unknown = {
    for name, rule in local.config_rules : name => {
      parameters     = setsubtract(keys(rule.parameters), rule.metadata.parameters[*].name)
      resource_types = length(rule.metadata.resourceTypes) == 0 ? [] : setsubtract(rule.resource_types, rule.metadata.resourceTypes)
    }
  }

  problems = {
    for name, rule in local.config_rules : name => [
      for check in concat([
        {
          holds     = contains(keys(local.catalogue), rule.rule)
          otherwise = "the catalogue has no rule \"${rule.rule}\", only ${join(", ", keys(local.catalogue))}. A Config rule with a name of its own says which one it is: rule = \"...\"."
        },
        {
          # AWS Config appends 23 characters to the name of an organization's rule, and some of its calls take only 64.
          holds     = length(name) <= 40
          otherwise = "the name has ${length(name)} characters; with at most 40 there is room for what AWS Config appends."
        },
        {
          holds     = length(local.unknown[name].parameters) == 0
          otherwise = "${rule.rule} has no parameter ${join(", ", local.unknown[name].parameters)}, only ${join(", ", rule.metadata.parameters[*].name)}."
        },
        {
          holds     = length(jsonencode(rule.parameters)) <= 1024
          otherwise = "the parameters have ${length(jsonencode(rule.parameters))} characters as JSON; AWS Config takes at most 1024. A long list can stand in Parameter Store: ssm:/path."
        },
        {
          holds     = rule.scope_tag_value == null || rule.scope_tag_key != null
          otherwise = "scope_tag_value needs a scope_tag_key."
        },
        {
          holds     = rule.scope_tag_key == null || length(rule.resource_types) == 0
          otherwise = "AWS Config scopes a rule by resource types or by a tag, not by both: leave out resource_types or scope_tag_key."
        },
        {
          holds     = length(local.unknown[name].resource_types) == 0
          otherwise = "${rule.rule} does not evaluate ${join(", ", local.unknown[name].resource_types)}, only ${join(", ", rule.metadata.resourceTypes)}."
        },
        {
          holds     = local.frequencies[name] == null ? true : contains(local.frequency_names, local.frequencies[name])
          otherwise = "maximum_execution_frequency is \"${coalesce(local.frequencies[name], "-")}\", and should be one of ${join(", ", local.frequency_names)}, or \"\" for no schedule."
        },
        {
          holds     = !try(rule.metadata.scheduleOnly, false) || local.frequencies[name] != null
          otherwise = "maximum_execution_frequency is \"\", and nothing but a schedule invokes ${rule.rule}."
        },
        {
          holds     = !try(rule.metadata.scheduleOnly, false) || (length(rule.resource_types) == 0 && rule.scope_tag_key == null && !rule.snapshots)
          otherwise = "${rule.rule} evaluates the account as a whole: leave out resource_types, scope_tag_key and snapshots."
        },
        {
          holds     = !rule.further_triggers || length(try(rule.metadata.furtherTriggers, [])) > 0
          otherwise = "further_triggers is true, and a change of nothing else changes the answer of ${rule.rule}."
        },
        {
          holds     = !rule.further_triggers || rule.scope_tag_key == null
          otherwise = "further_triggers needs a scope of resource types: leave out scope_tag_key."
        },
        {
          holds     = !rule.snapshots || var.snapshot_bucket_arn != null
          otherwise = "snapshots needs snapshot_bucket_arn: the function reads the snapshots there."
        },
        {
          holds     = try(fileexists(local.functions[rule.rule].archive), true)
          otherwise = "${try(local.functions[rule.rule].archive, "")} does not exist. Build it: cargo lambda build --release ${var.architecture == "arm64" ? "--arm64" : "--x86-64"} --output-format zip -p ${rule.rule}"
        },
        ], [
        for parameter in rule.metadata.parameters : {
          holds     = can(regex(try(coalesce(parameter.pattern), ""), rule.parameters[parameter.name]))
          otherwise = "${rule.rule}'s parameter ${parameter.name} is \"${rule.parameters[parameter.name]}\", and should be ${parameter.form}${parameter.list ? ", or several of them, separated by commas" : ""}."
        } if contains(keys(rule.parameters), parameter.name)
        ], [
        # What the rule cannot do without, always or by what another parameter says; one that is absent says nothing.
        for needed in try(rule.metadata.requirements, []) : {
          holds     = anytrue([for name in needed.oneOf : trimspace(lookup(rule.parameters, name, "")) != ""])
          otherwise = "${rule.rule} needs ${length(needed.oneOf) == 1 ? "" : "one of "}${join(", ", needed.oneOf)}${needed.parameter == null ? "" : contains(keys(rule.parameters), needed.parameter) ? ", as ${needed.parameter} is \"${rule.parameters[needed.parameter]}\"" : ", unless ${needed.parameter} says otherwise"}."
        } if needed.parameter == null ? true : can(regex(needed.pattern, lookup(rule.parameters, needed.parameter, "")))
      ]) : "${name}: ${check.otherwise}" if !check.holds
    ]
  }
}
