<powershell>
# SQL Server with integrated security: the service runs under a group managed account.
$instance = 'MSSQLSERVER'
Install-WindowsFeature RSAT-AD-PowerShell
Install-ADServiceAccount -Identity 'gmsa-sql$'
$args = @(
    '/Q', '/ACTION=Install', '/FEATURES=SQLENGINE', "/INSTANCENAME=$instance",
    '/SQLSVCACCOUNT="CORP\gmsa-sql$"', '/AGTSVCACCOUNT="CORP\gmsa-sql$"',
    '/SQLSYSADMINACCOUNTS="CORP\SQL Admins"', '/TCPENABLED=1', '/IACCEPTSQLSERVERLICENSETERMS'
)
Start-Process -FilePath D:\setup.exe -ArgumentList $args -Wait

$connection = "Server=localhost;Database=orders;Integrated Security=True;TrustServerCertificate=False;Encrypt=True"
Invoke-Sqlcmd -ConnectionString $connection -Query "SELECT name, is_policy_checked FROM sys.sql_logins"

$saPassword = (Get-SECSecretValue -SecretId 'sql/sa').SecretString
$query = "ALTER LOGIN [sa] WITH PASSWORD = '`$(SaPassword)'; ALTER LOGIN [sa] DISABLE;"
Invoke-Sqlcmd -ServerInstance localhost -Query $query -Variable "SaPassword=$saPassword"
$app = "Server=db.example.com;Database=orders;User Id=orders;Password=$saPassword;Encrypt=True"
[Environment]::SetEnvironmentVariable('ORDERS_DB', 'Server=db.example.com;Trusted_Connection=Yes', 'Machine')

Set-Location $pwd
$pwdLastSet = Get-ADUser svc-orders -Properties PasswordLastSet | Select-Object PasswordLastSet
Write-Output "Password last set: $($pwdLastSet.PasswordLastSet)"
</powershell>
