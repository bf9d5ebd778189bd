# Stands in for the build: an empty archive for each rule, as long as the tests run. The mocked provider uploads nothing.

resource "terraform_data" "build" {
  input = "tests/build"

  provisioner "local-exec" {
    command = join(" && ", [
      for rule in keys(jsondecode(file("${path.module}/../../rules.json"))) : "mkdir -p ${self.input}/${rule} && : > ${self.input}/${rule}/bootstrap.zip"
    ])
  }

  provisioner "local-exec" {
    when    = destroy
    command = "rm -r ${self.input}"
  }
}
