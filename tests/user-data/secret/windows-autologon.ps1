<powershell>
# kiosk that logs on by itself
$key = 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon'
Set-ItemProperty -Path $key -Name AutoAdminLogon -Value '1'
Set-ItemProperty -Path $key -Name DefaultUserName -Value 'kiosk'
$DefaultPassword = '@@PASSWORD@@'
Set-ItemProperty -Path $key -Name DefaultPassword -Value $DefaultPassword
cmd /c "net user kiosk @@ARG_PASSWORD@@ /add /expires:never"
Remove-ItemProperty -Path $key -Name AutoLogonCount -ErrorAction SilentlyContinue
</powershell>
<persist>true</persist>
