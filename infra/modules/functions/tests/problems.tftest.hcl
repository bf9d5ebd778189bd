# What is wrong with a rule, word for word. A deployment refuses a rule that has a problem.

mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  build_folder = "tests/build"
}

run "build" {
  module {
    source = "../../tests/setup"
  }
}

run "nothing_wrong" {
  command = plan
  variables {
    rules = merge(run.build.samples, {
      required-tags = { parameters = { requiredTags = "Owner" }, resource_types = ["AWS::S3::Bucket"] }
      approved-ami  = { parameters = { amiIds = " ami-0123456789abcdef0 , us-east-1:ami-01234567 " }, resource_types = ["AWS::EC2::Instance"] }
      stored        = { rule = "approved-ami", parameters = { amiIds = "ssm:/images/approved", ExecutionRoleName = "evaluate" } }
    })
  }

  assert {
    condition     = toset(values(run.build.samples)[*].rule) == toset(keys(run.build.catalogue))
    error_message = "Every rule has a sample event with parameters."
  }

  assert {
    condition     = alltrue([for rule in output.config_rules : length(rule.problems) == 0])
    error_message = join("\n", flatten(values(output.config_rules)[*].problems))
  }
}

run "rules_and_parameters" {
  command = plan
  variables {
    rules = {
      required-tag                              = {}
      cost-tags                                 = { rule = "tags-required" }
      other                                     = { rule = "required-tags", parameters = { amiIds = "ami-01234567", requiredTags = "Owner" } }
      one-value                                 = { rule = "key-pair-usage", parameters = { mode = "any\"thing" } }
      many-values                               = { rule = "approved-ami", parameters = { amiIds = "ami-01234567,ami-xyz" } }
      "${join("", [for _ in range(41) : "a"])}" = { rule = "required-tags" }
      long                                      = { rule = "required-tags", parameters = { requiredTags = join("", [for _ in range(128) : "Project,"]) } }
      missing-all                               = { rule = "approved-ami", parameters = { owners = " ", maxAgeDays = "90" } }
      missing-mode                              = { rule = "key-pair-usage" }
      missing-approved                          = { rule = "key-pair-usage", parameters = { mode = "approved" } }
      missing-nothing                           = { rule = "key-pair-usage", parameters = { mode = "none" } }
      missing-key                               = { rule = "required-tags", parameters = { requiredTags = "Owner", tag2Value = "test" } }
      "two-things-${"wrong"}"                   = { rule = "key-pair-usage", parameters = { mode = "some", requireKey = "yes" } }
    }
  }

  assert {
    condition     = output.config_rules["required-tag"].problems == ["required-tag: the catalogue has no rule \"required-tag\", only ${join(", ", keys(run.build.catalogue))}. A Config rule with a name of its own says which one it is: rule = \"...\"."]
    error_message = join("\n", output.config_rules["required-tag"].problems)
  }

  assert {
    condition     = length(output.config_rules["cost-tags"].problems) == 1 && startswith(output.config_rules["cost-tags"].problems[0], "cost-tags: the catalogue has no rule \"tags-required\", only ")
    error_message = join("\n", output.config_rules["cost-tags"].problems)
  }

  assert {
    condition     = length(output.config_rules["other"].problems) == 1 && startswith(output.config_rules["other"].problems[0], "other: required-tags has no parameter amiIds, only requiredTags, ")
    error_message = join("\n", output.config_rules["other"].problems)
  }

  assert {
    condition     = output.config_rules["one-value"].problems == ["one-value: key-pair-usage's parameter mode is \"any\"thing\", and should be `approved`, `none` or `anyKey`."]
    error_message = join("\n", output.config_rules["one-value"].problems)
  }

  assert {
    condition     = output.config_rules["many-values"].problems == ["many-values: approved-ami's parameter amiIds is \"ami-01234567,ami-xyz\", and should be an image id (`ami-` and 8 or 17 of 0-9, a-f), perhaps after a Region: `us-east-1:ami-0123456789abcdef0`, or several of them, separated by commas."]
    error_message = join("\n", output.config_rules["many-values"].problems)
  }

  assert {
    condition = { for name, rule in output.config_rules : name => rule.problems if startswith(name, "missing-") } == {
      missing-all      = ["missing-all: approved-ami needs one of amiIds, owners, amiNamePatterns, amisByTagKeyAndValue, marketplaceProductCodes, amiParameterNames."]
      missing-mode     = ["missing-mode: key-pair-usage needs approvedKeyNames, unless mode says otherwise."]
      missing-approved = ["missing-approved: key-pair-usage needs approvedKeyNames, as mode is \"approved\"."]
      missing-nothing  = []
      missing-key      = ["missing-key: required-tags needs tag2Key, as tag2Value is \"test\"."]
    }
    error_message = join("\n", flatten(values(output.config_rules)[*].problems))
  }

  assert {
    condition     = anytrue([for rule in output.config_rules : contains(rule.problems, "${join("", [for _ in range(41) : "a"])}: the name has 41 characters; with at most 40 there is room for what AWS Config appends.")])
    error_message = "A name of 41 characters is too long."
  }

  assert {
    condition     = output.config_rules["long"].problems == ["long: the parameters have 1043 characters as JSON; AWS Config takes at most 1024. A long list can stand in Parameter Store: ssm:/path."]
    error_message = join("\n", output.config_rules["long"].problems)
  }

  assert {
    condition     = length(output.config_rules["two-things-wrong"].problems) == 2
    error_message = "All that is wrong is told at once."
  }
}

run "scopes_and_triggers" {
  command = plan
  variables {
    rules = {
      tag-value  = { rule = "required-tags", parameters = { requiredTags = "Owner" }, scope_tag_value = "prod" }
      tag-types  = { rule = "required-tags", parameters = { requiredTags = "Owner" }, scope_tag_key = "Env", resource_types = ["AWS::S3::Bucket"] }
      types      = { rule = "approved-ami", parameters = { owners = "self" }, resource_types = ["AWS::EC2::Instance", "AWS::S3::Bucket"] }
      no-bucket  = { rule = "required-tags", parameters = { requiredTags = "Owner" }, snapshots = true }
      triggers   = { rule = "required-tags", parameters = { requiredTags = "Owner" }, further_triggers = true }
      two-scopes = { rule = "instance-exposure", further_triggers = true, scope_tag_key = "Env" }
      no-problem = { rule = "required-tags", parameters = { requiredTags = "Owner" } }
    }
  }

  assert {
    condition = { for name, rule in output.config_rules : name => rule.problems } == {
      tag-value  = ["tag-value: scope_tag_value needs a scope_tag_key."]
      tag-types  = ["tag-types: AWS Config scopes a rule by resource types or by a tag, not by both: leave out resource_types or scope_tag_key."]
      types      = ["types: approved-ami does not evaluate AWS::S3::Bucket, only AWS::EC2::Instance, AWS::EC2::LaunchTemplate, AWS::AutoScaling::LaunchConfiguration, AWS::AutoScaling::AutoScalingGroup."]
      no-bucket  = ["no-bucket: snapshots needs snapshot_bucket_arn: the function reads the snapshots there."]
      triggers   = ["triggers: further_triggers is true, and a change of nothing else changes the answer of required-tags."]
      two-scopes = ["two-scopes: further_triggers needs a scope of resource types: leave out scope_tag_key."]
      no-problem = []
    }
    error_message = join("\n", flatten(values(output.config_rules)[*].problems))
  }
}

run "schedules" {
  command = plan
  variables {
    catalogue = "tests/catalogue.json"
    rules = {
      often       = { rule = "image-sharing", maximum_execution_frequency = "Hourly" }
      no-pattern  = { rule = "image-sharing", parameters = { allowedAccounts = "anything, whatever" } }
      has-pattern = { rule = "image-sharing", parameters = { allowPublic = "maybe" } }
    }
  }

  assert {
    condition = { for name, rule in output.config_rules : name => [for problem in rule.problems : problem if !strcontains(problem, "does not exist")] } == {
      often       = ["often: maximum_execution_frequency is \"Hourly\", and should be one of One_Hour, Three_Hours, Six_Hours, Twelve_Hours, TwentyFour_Hours, or \"\" for no schedule."]
      no-pattern  = []
      has-pattern = ["has-pattern: image-sharing's parameter allowPublic is \"maybe\", and should be `true` or `false`."]
    }
    error_message = join("\n", flatten(values(output.config_rules)[*].problems))
  }
}

run "missing_archive" {
  command = plan
  variables {
    build_folder = "tests/nowhere"
    rules        = { required-tags = { parameters = { requiredTags = "Owner" } } }
  }

  assert {
    condition     = output.config_rules["required-tags"].problems == ["required-tags: tests/nowhere/required-tags/bootstrap.zip does not exist. Build it: cargo lambda build --release --arm64 --output-format zip -p required-tags"]
    error_message = join("\n", output.config_rules["required-tags"].problems)
  }
}

run "values_out_of_range" {
  command = plan
  variables {
    rules             = { required-tags = {} }
    architecture      = "aarch64"
    maximum_event_age = 30
    name_prefix       = "config-rules-of-the-security-team-"
  }
  expect_failures = [var.architecture, var.maximum_event_age, var.name_prefix]
}

run "prefix_of_wrong_characters" {
  command = plan
  variables {
    rules       = { required-tags = {} }
    name_prefix = "config rules "
  }
  expect_failures = [var.name_prefix]
}
