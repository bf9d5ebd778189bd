#!/bin/bash
# tells the channel that a host has come up
SLACK_WEBHOOK_URL="@@SLACK_WEBHOOK@@"
INSTANCE_ID=$(ec2-metadata -i | cut -d' ' -f2)
curl -sS -X POST -H 'Content-type: application/json' \
  --data "{\"text\":\"$INSTANCE_ID is up\"}" "$SLACK_WEBHOOK_URL"
curl -sS -X POST https://slack.com/api/chat.postMessage \
  -H "Authorization: Bearer @@SLACK_TOKEN@@" \
  -d "channel=#ops" -d "text=password policy applied on $INSTANCE_ID"
curl -sS -X POST -d '{"text":"ok"}' @@SLACK_WEBHOOK@@
