#!/bin/bash
set -euxo pipefail
source /opt/conda/bin/activate pytorch
export HF_TOKEN=$(aws secretsmanager get-secret-value --secret-id ml/hub --query SecretString --output text)
export WANDB_API_KEY="$(aws secretsmanager get-secret-value --secret-id ml/wandb --query SecretString --output text)"
export TOKENIZERS_PARALLELISM=false
cat > /opt/train/config.yaml <<'YAML'
tokenizer:
  bos_token: "<s>"
  eos_token: "</s>"
  pad_token: "<pad>"
  unk_token: "[UNK]"
  mask_token: "<mask>"
  max_tokens: 4096
trainer:
  num_tokens: 2.6e9
  tokens_per_batch: 524288
  keep_best: 3
data:
  bucket: s3://example-training-111122223333/corpus
  secret_holdout: false
YAML
jupyter lab --generate-config
JUPYTER_TOKEN=$(openssl rand -hex 24)
cat > /root/.jupyter/jupyter_server_config.py <<PY
c.ServerApp.ip = "127.0.0.1"
c.ServerApp.token = "${JUPYTER_TOKEN}"
c.ServerApp.password = ""
c.ServerApp.password_required = False
c.IdentityProvider.token = os.environ["JUPYTER_TOKEN"]
PY
python - <<'PY'
from transformers import AutoTokenizer
tokenizer = AutoTokenizer.from_pretrained("example/model", token=True)
token = tokenizer.pad_token
token_ids = tokenizer("how long is my password").input_ids
print(token, len(token_ids))
PY
torchrun --nproc_per_node=8 /opt/train/train.py --config /opt/train/config.yaml
shutdown -h +5
