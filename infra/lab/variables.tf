variable "instance_type" {
  description = "What the servers are: the smallest will do."
  type        = string
  default     = "t3.micro"
  nullable    = false
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
