<powershell>
function Join-ExampleDomain {
    param(
        [Parameter(Mandatory = $true)][string]$Domain,
        [Parameter(Mandatory = $true)][string]$SecretId,
        [string]$OuPath = 'OU=Servers,OU=AWS,DC=corp,DC=example,DC=com'
    )
    $secret   = Get-SECSecretValue -SecretId $SecretId | Select-Object -ExpandProperty SecretString | ConvertFrom-Json
    $username = "$Domain\$($secret.username)"
    $password = ConvertTo-SecureString $secret.password -AsPlainText -Force
    $credential = New-Object System.Management.Automation.PSCredential ($username, $password)
    Add-Computer -DomainName $Domain -Credential $credential -OUPath $OuPath -Options JoinWithNewName, AccountCreate -Force
}

Import-Module AWSPowerShell
Join-ExampleDomain -Domain 'corp.example.com' -SecretId 'arn:aws:secretsmanager:us-east-1:111122223333:secret:ad/join-AbCdEf'

# LAPS: a random password per machine, kept in the directory
$laps = @{ BackupDirectory = 2; PasswordComplexity = 4; PasswordLength = 24; PasswordAgeDays = 14 }
foreach ($entry in $laps.GetEnumerator()) {
    New-ItemProperty -Path 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\LAPS' -Name $entry.Key -Value $entry.Value -PropertyType DWord -Force
}

$localPassword = [System.Web.Security.Membership]::GeneratePassword(24, 4)
$securePassword = ConvertTo-SecureString -String $localPassword -AsPlainText -Force
New-LocalUser -Name svc-backup -Password $securePassword -PasswordNeverExpires
Write-SSMParameter -Name "/hosts/$env:COMPUTERNAME/svc-backup" -Type SecureString -Value $localPassword -Overwrite $true
Remove-Variable localPassword, securePassword
</powershell>
