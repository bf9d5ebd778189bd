<powershell>
Import-Module AWSPowerShell
Set-DefaultAWSRegion -Region us-west-2
Set-AWSCredential -AccessKey @@AKIA@@ -SecretKey @@AWS_SECRET@@ -StoreAs default
Initialize-AWSDefaults -ProfileName default -Region us-west-2
Read-S3Object -BucketName example-setup -Key agent.msi -File C:\setup\agent.msi
$hash = (Get-FileHash C:\setup\agent.msi -Algorithm SHA256).Hash
if ($hash -ne '4b47eb3290b0439b5e234a8df29b6fe69b5a1a1457d561a6bca01d85c46f347f') { throw 'checksum differs' }
Start-Process msiexec.exe -ArgumentList '/i C:\setup\agent.msi /qn' -Wait
</powershell>
