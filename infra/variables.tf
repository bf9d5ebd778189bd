# What can be chosen. Defaults and checks stand with the functions, in modules/functions/variables.tf.

variable "rules" {
  # Its type stands there too: here it would be a second one to keep.
  description = "The Config rules to deploy, by name; modules/functions/variables.tf says what each can have."
  type        = any
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
  description = "The roles that the functions may assume, by their ARNs, for rules with the parameter ExecutionRoleName; none by default."
  type        = list(string)
  default     = null
}

variable "external_id" {
  description = "What the functions show as their external id when they assume a role."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of everything that takes them."
  type        = map(string)
  default     = {}
  nullable    = false
}
