# What can be chosen. Defaults and checks stand with the functions, in ../modules/functions/variables.tf.

variable "rules" {
  # Its type stands there too: here it would be a second one to keep.
  description = "The Config rules to deploy, by name; ../modules/functions/variables.tf says what each can have."
  type        = any
  nullable    = false
}

variable "organization_id" {
  description = "The organization: o-..."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^o-[a-z0-9]{10,32}$", var.organization_id))
    error_message = "organization_id \"${var.organization_id}\" is not o- and 10 to 32 lower-case letters and digits."
  }
}

variable "organizational_units" {
  description = "Where the member accounts are that the rules evaluate: organizational units (ou-...) or the root (r-...), those below them included."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.organizational_units) > 0 && alltrue([for unit in var.organizational_units : can(regex("^(ou|r)-", unit))])
    error_message = "organizational_units needs at least one, each of the form ou-... or r-...; it is [${join(", ", var.organizational_units)}]."
  }
}

variable "external_id" {
  description = "What the functions show when they assume a member account's role, and what the role asks for. Choose a text that nobody else uses, such as a UUID."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@:/_-]+$", var.external_id)) && length(var.external_id) >= 2 && length(var.external_id) <= 1224
    error_message = "external_id has to have 2 to 1224 letters, digits and + = , . @ : / _ -."
  }
}

variable "accounts" {
  description = "The member accounts, by their ids. Without them, functions may assume the role in any account of the organization, and invoked_for cannot be \"accounts\"."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for account in var.accounts : can(regex("^[0-9]{12}$", account))])
    error_message = "accounts has what is not an account id of 12 digits: ${join(", ", [for account in var.accounts : account if !can(regex("^[0-9]{12}$", account))])}."
  }

  validation {
    # 20 KB for a function's policy, of which a statement takes up to 330 bytes.
    condition     = length(var.accounts) <= 60
    error_message = "accounts has ${length(var.accounts)}, and a function's policy has room for 60. Leave it empty, and choose another invoked_for."
  }
}

variable "invoked_for" {
  description = "For whom AWS Config may invoke the functions: \"accounts\", one statement for each; \"organization\", one statement with aws:PrincipalOrgID; \"anybody\", one statement without a condition."
  type        = string
  default     = "accounts"
  nullable    = false

  validation {
    condition     = contains(["accounts", "organization", "anybody"], var.invoked_for)
    error_message = "invoked_for \"${var.invoked_for}\" is none of accounts, organization and anybody."
  }

  validation {
    condition     = var.invoked_for != "accounts" || length(var.accounts) > 0
    error_message = "invoked_for \"accounts\" needs accounts."
  }
}

variable "excluded_accounts" {
  description = "Accounts that the rules leave out: the management account, unless it has the role, and those that record nothing."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "execution_role_name" {
  description = "The name of the role in the member accounts; by default <name_prefix><Region>, because roles belong to the account and not to a Region."
  type        = string
  default     = null
}

variable "call_as" {
  description = "DELEGATED_ADMIN, or SELF in the management account."
  type        = string
  default     = "DELEGATED_ADMIN"
  nullable    = false
}

variable "name_prefix" {
  description = "What the names of functions, roles, queues and alarms begin with; config-rules- by default. It tells apart two deployments in one Region."
  type        = string
  default     = null
}

variable "build_folder" {
  description = "Where cargo-lambda put the archives: <build_folder>/<rule>/bootstrap.zip; target/lambda of the repository by default."
  type        = string
  default     = null
}

variable "architecture" {
  description = "What the archives are built for: arm64, the default, or x86_64."
  type        = string
  default     = null
}

variable "memory_size" {
  description = "Memory of a function, in MB; 128 by default."
  type        = number
  default     = null
}

variable "timeout" {
  description = "How long one invocation may take, in seconds; 900 by default, because one of them may evaluate all there is."
  type        = number
  default     = null
}

variable "maximum_event_age" {
  description = "How long Lambda keeps an event that it cannot deliver before it goes to the failure queue, in seconds: 60 to 21600, the default."
  type        = number
  default     = null
}

variable "log_retention_days" {
  description = "How long CloudWatch Logs keeps the functions' logs, in days: one of the numbers that it accepts; 90 by default."
  type        = number
  default     = null
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

variable "tags" {
  description = "Tags of everything that takes them."
  type        = map(string)
  default     = {}
  nullable    = false
}
