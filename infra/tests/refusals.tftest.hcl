# What `terraform plan` refuses. Each run differs in one thing from a rule that is deployed.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  build_folder = "tests/build"
}

run "build" {
  module {
    source = "./tests/setup"
  }
}

run "nothing_wrong" {
  command = plan
  variables {
    rules = {
      required-tags = { parameters = { requiredTags = "Owner" }, resource_types = ["AWS::S3::Bucket"] }
      approved-ami  = { resource_types = ["AWS::EC2::Instance"] }
    }
  }
}

run "unknown_rule" {
  command = plan
  variables {
    rules = {
      required-tag = {}
    }
  }
  expect_failures = [aws_config_config_rule.rule]
}

run "unknown_rule_under_another_name" {
  command = plan
  variables {
    rules = {
      cost-tags = { rule = "tags-required" }
    }
  }
  expect_failures = [aws_config_config_rule.rule]
}

run "unknown_parameter" {
  command = plan
  variables {
    rules = {
      required-tags = { parameters = { requiredTag = "Owner" } }
    }
  }
  expect_failures = [aws_config_config_rule.rule]
}

run "parameter_of_another_rule" {
  command = plan
  variables {
    rules = {
      approved-ami = { parameters = { requiredTags = "Owner" } }
    }
  }
  expect_failures = [aws_config_config_rule.rule]
}

run "long_name" {
  command = plan
  variables {
    rules = {
      "${join("", [for _ in range(41) : "a"])}" = { rule = "required-tags" }
    }
  }
  expect_failures = [aws_config_config_rule.rule]
}

run "long_parameters" {
  command = plan
  variables {
    rules = {
      required-tags = { parameters = { requiredTags = join("", [for _ in range(1024) : "a"]) } }
    }
  }
  expect_failures = [aws_config_config_rule.rule]
}

run "tag_value_without_key" {
  command = plan
  variables {
    rules = {
      required-tags = { scope_tag_value = "prod" }
    }
  }
  expect_failures = [aws_config_config_rule.rule]
}

run "tag_with_resource_types" {
  command = plan
  variables {
    rules = {
      required-tags = { scope_tag_key = "Env", resource_types = ["AWS::S3::Bucket"] }
    }
  }
  expect_failures = [aws_config_config_rule.rule]
}

run "resource_types_that_are_not_judged" {
  command = plan
  variables {
    rules = {
      approved-ami = { resource_types = ["AWS::EC2::Instance", "AWS::S3::Bucket"] }
    }
  }
  expect_failures = [aws_config_config_rule.rule]
}

run "missing_archive" {
  command = plan
  variables {
    build_folder = "tests/nowhere"
    rules = {
      required-tags = {}
    }
  }
  expect_failures = [aws_config_config_rule.rule]
}

run "prefix_of_wrong_characters" {
  command = plan
  variables {
    name_prefix = "config rules "
    rules = {
      required-tags = {}
    }
  }
  expect_failures = [var.name_prefix]
}

run "long_prefix" {
  command = plan
  variables {
    name_prefix = "config-rules-of-the-security-team-"
    rules = {
      required-tags = {}
    }
  }
  expect_failures = [var.name_prefix]
}

run "unknown_architecture" {
  command = plan
  variables {
    architecture = "aarch64"
    rules = {
      required-tags = {}
    }
  }
  expect_failures = [var.architecture]
}

run "event_age_out_of_range" {
  command = plan
  variables {
    maximum_event_age = 30
    rules = {
      required-tags = {}
    }
  }
  expect_failures = [var.maximum_event_age]
}
