<powershell>
$Password = "@@PASSWORD@@"
$adminPassword = '@@SIMPLE@@'
[string]$ApiKey = "@@HEX@@"
$env:DB_PASSWORD = "@@PASSWORD@@"
$settings = @{
    Server   = 'db.example.com'
    User     = 'orders'
    Password = '@@PASSWORD@@'
    Token    = $env:ORDERS_TOKEN
}
[Environment]::SetEnvironmentVariable('ORDERS_URL', 'https://orders.example.com', 'Machine')
$random = New-RandomPassword -Length 24
$token = Invoke-RestMethod -Method Put -Uri http://169.254.169.254/latest/api/token -Headers @{ 'X-aws-ec2-metadata-token-ttl-seconds' = '60' }
Set-Content C:\orders\settings.json ($settings | ConvertTo-Json)
</powershell>
