<powershell>
$ErrorActionPreference = 'Stop'
$secure = ConvertTo-SecureString '@@ARG_PASSWORD@@' -AsPlainText -Force
$credential = New-Object System.Management.Automation.PSCredential ('CORP\join', $secure)
Add-Computer -DomainName corp.example.com -Credential $credential -Force
$other = ConvertTo-SecureString -String "@@ARG_PASSWORD@@" -AsPlainText -Force
New-LocalUser -Name svc-backup -Password $other
$vaulted = ConvertTo-SecureString $secret.password -AsPlainText -Force
Set-LocalUser -Name svc-web -Password $vaulted
Restart-Computer -Force
</powershell>
