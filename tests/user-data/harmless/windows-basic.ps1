<powershell>
# Names the machine after its tag and turns on remote management over TLS.
$ErrorActionPreference = 'Stop'
$token = Invoke-RestMethod -Method Put -Uri http://169.254.169.254/latest/api/token -Headers @{ 'X-aws-ec2-metadata-token-ttl-seconds' = '300' }
$headers = @{ 'X-aws-ec2-metadata-token' = $token }
$name = Invoke-RestMethod -Uri http://169.254.169.254/latest/meta-data/tags/instance/Name -Headers $headers
Rename-Computer -NewName $name -Force

Set-TimeZone -Id 'UTC'
Install-WindowsFeature -Name Web-Server, Web-Windows-Auth, Web-Asp-Net45 -IncludeManagementTools
Set-NetFirewallProfile -Profile Domain, Private, Public -Enabled True

$cert = New-SelfSignedCertificate -DnsName $env:COMPUTERNAME -CertStoreLocation Cert:\LocalMachine\My
New-Item -Path WSMan:\localhost\Listener -Transport HTTPS -Address * -CertificateThumbPrint $cert.Thumbprint -Force
Set-Item WSMan:\localhost\Service\Auth\Basic -Value $false

net user guest /active:no
net accounts /minpwlen:14 /maxpwage:90 /uniquepw:24 /lockoutthreshold:5
Remove-ItemProperty -Path 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon' -Name DefaultPassword -ErrorAction SilentlyContinue
Set-ItemProperty -Path 'HKLM:\SYSTEM\CurrentControlSet\Control\Lsa' -Name LimitBlankPasswordUse -Value 1
Write-Host "Administrator's password: encrypted with the key pair, see Get password data"
Restart-Computer -Force
</powershell>
<persist>true</persist>
<powershellArguments>-ExecutionPolicy Unrestricted -NoProfile -NonInteractive</powershellArguments>
