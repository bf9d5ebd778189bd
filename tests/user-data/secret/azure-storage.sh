#!/bin/bash
# copies the exports to the other cloud
set -eu
export AZURE_STORAGE_CONNECTION_STRING="DefaultEndpointsProtocol=https;AccountName=exampleexports;AccountKey=@@AZURE_KEY@@;EndpointSuffix=core.windows.net"
cat > /etc/exports/appsettings.json <<'JSON'
{
  "ConnectionStrings": {
    "Blob": "AccountName=exampleexports;AccountKey=@@AZURE_KEY@@"
  },
  "Logging": { "LogLevel": { "Default": "Information" } }
}
JSON
az storage blob upload-batch --destination exports --source /srv/exports
