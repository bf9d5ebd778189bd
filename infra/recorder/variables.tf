variable "name" {
  description = "The name of the recorder and of its delivery channel; `default` is what AWS Config's console calls them."
  type        = string
  default     = "default"
  nullable    = false
}

variable "create_service_linked_role" {
  description = "Whether to make AWSServiceRoleForConfig. An account has it once for all Regions: false if it is there."
  type        = bool
  default     = true
  nullable    = false
}

variable "include_global_resource_types" {
  description = "Whether to record what belongs to no Region, such as IAM roles: true in one Region of an account only, or each of them records it, and bills it, again."
  type        = bool
  default     = true
  nullable    = false
}

variable "recording_frequency" {
  description = "CONTINUOUS, or DAILY: then rules hear of a change up to 24 hours later."
  type        = string
  default     = "CONTINUOUS"
  nullable    = false

  validation {
    condition     = contains(["CONTINUOUS", "DAILY"], var.recording_frequency)
    error_message = "recording_frequency \"${var.recording_frequency}\" is neither CONTINUOUS nor DAILY."
  }
}

variable "snapshot_delivery_frequency" {
  description = "How often AWS Config delivers a snapshot: One_Hour, Three_Hours, Six_Hours, Twelve_Hours or TwentyFour_Hours."
  type        = string
  default     = "TwentyFour_Hours"
  nullable    = false

  validation {
    condition     = contains(["One_Hour", "Three_Hours", "Six_Hours", "Twelve_Hours", "TwentyFour_Hours"], var.snapshot_delivery_frequency)
    error_message = "snapshot_delivery_frequency \"${var.snapshot_delivery_frequency}\" is none of One_Hour, Three_Hours, Six_Hours, Twelve_Hours, TwentyFour_Hours."
  }
}

variable "bucket" {
  description = "The bucket's name; by default config-<account>-<Region>."
  type        = string
  default     = null
}

variable "kms_key_arn" {
  description = "The KMS key that encrypts what AWS Config delivers; its policy lets config.amazonaws.com use it (kms:Decrypt, kms:GenerateDataKey). Without it, S3 encrypts with a key of its own."
  type        = string
  default     = null
}

variable "retention_days" {
  description = "After how many days snapshots and histories are deleted from the bucket; seven years by default, as AWS Config keeps its own."
  type        = number
  default     = 2557
  nullable    = false
}

variable "delete_history" {
  description = "Whether `terraform destroy` deletes the bucket even if something is in it."
  type        = bool
  default     = false
  nullable    = false
}

variable "tags" {
  description = "Tags of the bucket."
  type        = map(string)
  default     = {}
  nullable    = false
}
