# What the lab's servers may do: read one bucket.

resource "aws_iam_role" "dev" {
  name        = "DEV_ROLE"
  description = "What the lab's servers may do."

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "dev" {
  name = "read-developer-bucket"
  role = aws_iam_role.dev.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["s3:ListBucket"], Resource = [aws_s3_bucket.lab["Developer"].arn] },
      { Effect = "Allow", Action = ["s3:GetObject"], Resource = ["${aws_s3_bucket.lab["Developer"].arn}/*"] },
    ]
  })
}

resource "aws_iam_instance_profile" "dev" {
  name = "DEV_PROFILE"
  role = aws_iam_role.dev.name
}
