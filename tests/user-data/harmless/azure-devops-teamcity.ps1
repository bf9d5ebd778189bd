<powershell>
param([string]$PoolName = 'aws-windows', [string]$TokenParameter = '/ci/azdo/pat')
Set-StrictMode -Version Latest
function Get-Token([string]$Name) {
    (Get-SSMParameter -Name $Name -WithDecryption $true).Value
}
function New-RandomPassword {
    param([int]$Length = 24)
    $bytes = [byte[]]::new($Length)
    [Security.Cryptography.RandomNumberGenerator]::Fill($bytes)
    return [Convert]::ToBase64String($bytes)
}
$pat = Get-Token $TokenParameter
$Password = New-RandomPassword
$SecurePassword = ConvertTo-SecureString $Password -AsPlainText -Force
$secret = Read-S3Object -BucketName example-ci -Key agent.json -File C:\agent\agent.json
$credential = [PSCredential]::new('svc-build', $SecurePassword)
$apiKey = $env:OCTOPUS_API_KEY
$user = @{
    Name     = 'svc-build'
    Password = $SecurePassword
    AccountNeverExpires = $true
}
New-LocalUser @user
net user svc-build $Password
.\config.cmd --unattended --url https://dev.example.com/org --auth pat --token $pat --pool $PoolName `
    --runAsService --windowsLogonAccount svc-build --windowsLogonPassword $Password
.\octopus.exe register-with --server https://deploy.example.com --apiKey="$apiKey" --role web
choco install git --yes --params "/NoShellIntegration" --checksum 18aebf751c59f9814016a21710ff6242f1853ae9fcca06da9d86548afa8af872
Write-Host "token: $($pat.Length) characters; password: $(if ($Password) {'set'} else {'missing'})"
Set-DSCLocalConfigurationManager -Path C:\dsc -Credential $credential
$token = $null
Clear-Variable Password, pat, apiKey
</powershell>
