<powershell>
New-Item -ItemType Directory -Force -Path C:\keys | Out-Null
@'
@@PUTTY_KEY@@
'@ | Set-Content -Path C:\keys\sftp.ppk -Encoding ascii
icacls C:\keys\sftp.ppk /inheritance:r /grant 'SYSTEM:(R)' 'Administrators:(R)'
choco install winscp --yes --no-progress
& 'C:\Program Files (x86)\WinSCP\WinSCP.com' /command "open sftp://files@sftp.example.com/ -privatekey=C:\keys\sftp.ppk" "exit"
</powershell>
