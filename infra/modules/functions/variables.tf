variable "rules" {
  description = <<-EOT
    The Config rules to deploy: the key is the Config rule's name. Without `rule`, the key is also the catalogue's name
    of the rule (see rules.json). `parameters` are the rule's, all of them texts, lists separated by commas; a text
    `ssm:/path` is read from Parameter Store. A rule is in scope of the resource types that it evaluates, of
    `resource_types`, or of the resources with one tag. A rule whose answer can change while the resource does not runs
    every 24 hours, too, or as often as `maximum_execution_frequency` says, or not if that is "". With `snapshots`, it
    evaluates every configuration snapshot as well; with `further_triggers`, changes of other resources, such as security
    groups, evaluate the instances that they concern. Config rules of the same catalogue rule share its function.
  EOT
  type = map(object({
    rule                        = optional(string)
    parameters                  = optional(map(string), {})
    resource_types              = optional(list(string), [])
    scope_tag_key               = optional(string)
    scope_tag_value             = optional(string)
    maximum_execution_frequency = optional(string)
    snapshots                   = optional(bool, false)
    further_triggers            = optional(bool, false)
    enabled                     = optional(bool, true)
  }))
  nullable = false
}

variable "name_prefix" {
  description = "What the names of functions, roles, queues and alarms begin with. It tells apart two deployments in one Region."
  type        = string
  default     = "config-rules-"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]*$", var.name_prefix))
    error_message = "name_prefix \"${var.name_prefix}\" has characters that a function's name cannot have: use letters, digits, - and _."
  }

  validation {
    # No Region's name is longer than this one's.
    condition     = alltrue([for rule in keys(local.catalogue) : length("${var.name_prefix}${rule}-ap-southeast-1") <= 64])
    error_message = "name_prefix \"${var.name_prefix}\" is too long: a role's name is the prefix, the rule and the Region, at most 64 characters together."
  }
}

variable "build_folder" {
  description = "Where cargo-lambda put the archives: <build_folder>/<rule>/bootstrap.zip. Without it, target/lambda of the repository."
  type        = string
  default     = null
}

variable "catalogue" {
  description = "The file of the rule catalogue. Without it, the rules.json that comes with these functions."
  type        = string
  default     = null
}

variable "architecture" {
  description = "What the archives are built for: arm64, or x86_64."
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture \"${var.architecture}\" is neither arm64 nor x86_64."
  }
}

variable "memory_size" {
  description = "Memory of a function, in MB."
  type        = number
  default     = 128
  nullable    = false
}

variable "timeout" {
  description = "How long one invocation may take, in seconds. On a schedule, one of them evaluates all there is."
  type        = number
  default     = 900
  nullable    = false
}

variable "maximum_event_age" {
  description = "How long Lambda keeps an event that it cannot deliver before it goes to the failure queue, in seconds: 60 to 21600."
  type        = number
  default     = 21600
  nullable    = false

  validation {
    condition     = var.maximum_event_age >= 60 && var.maximum_event_age <= 21600
    error_message = "maximum_event_age ${var.maximum_event_age} is not from 60 to 21600 seconds."
  }
}

variable "log_retention_days" {
  description = "How long CloudWatch Logs keeps the functions' logs, in days: one of the numbers that it accepts, such as 30, 90 or 365."
  type        = number
  default     = 90
  nullable    = false
}

variable "log_kms_key_arn" {
  description = "The KMS key that encrypts the logs; its policy lets logs.<Region>.amazonaws.com use it. Without it, CloudWatch Logs encrypts with a key of its own."
  type        = string
  default     = null
}

variable "alarm_topic_arn" {
  description = "The SNS topic that hears of the alarms. Without it, they only change color."
  type        = string
  default     = null
}

variable "snapshot_bucket_arn" {
  description = "The bucket to which AWS Config delivers its snapshots, and its prefix there if it has one: arn:aws:s3:::<bucket>[/<prefix>]. Rules with `snapshots` read there."
  type        = string
  default     = null
}

variable "snapshot_kms_key_arn" {
  description = "The KMS key that encrypts the snapshots, if that bucket uses one."
  type        = string
  default     = null
}

variable "assume_roles" {
  description = "The roles that the functions may assume, by their ARNs, for rules with the parameter ExecutionRoleName."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "external_id" {
  description = "What the functions show as their external id when they assume a role."
  type        = string
  default     = null
}

variable "execution_role_name" {
  description = "The role that a function assumes where an event comes from another account: by this name, in that account."
  type        = string
  default     = null
}

variable "organization_id" {
  description = "The organization that the roles in `assume_roles` must belong to."
  type        = string
  default     = null
}

variable "invokers" {
  description = "For whom AWS Config may invoke the functions, by the ids of the statements: an account, an organization, or, if neither is given, anybody. Without it, for this account."
  type = map(object({
    account      = optional(string)
    organization = optional(string)
  }))
  default = null
}

variable "tags" {
  description = "Tags of everything that takes them."
  type        = map(string)
  default     = {}
  nullable    = false
}
