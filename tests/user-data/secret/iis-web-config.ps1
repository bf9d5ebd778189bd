<powershell>
Install-WindowsFeature Web-Server, Web-Asp-Net45
@'
<configuration>
  <connectionStrings>
    <add name="Orders" connectionString="Server=db.example.com;Database=orders;User Id=orders;Password=@@PASSWORD@@;Encrypt=True" providerName="System.Data.SqlClient" />
    <add name="Reports" connectionString="Data Source=db2.example.com;Initial Catalog=reports;Integrated Security=SSPI" />
    <add name="Stats" connectionString="Server=db3.example.com;Uid=stats;Pwd=@@PASSWORD@@;" />
  </connectionStrings>
  <appSettings>
    <add key="SessionTimeout" value="20" />
  </appSettings>
  <system.net>
    <mailSettings>
      <smtp from="shop@example.com">
        <network host="smtp.example.com" userName="shop" password="@@PASSWORD@@" port="587" />
      </smtp>
    </mailSettings>
  </system.net>
</configuration>
'@ | Set-Content C:\inetpub\wwwroot\web.config
iisreset
</powershell>
