#!/usr/bin/env bash
# One shard of a class on Slurm. Submit as many as there are shards, many more than machines:
#
#   GRADE_SEED=… sbatch --array=1-200 deploy/slurm.sh COURSE SUBMISSIONS OUT 200
#
# The task ids are the shards. The last argument is their number, whichever of them run. See deploy/README.md.
#SBATCH --job-name=grade
#SBATCH --cpus-per-task=4
#SBATCH --mem=8G
#SBATCH --time=04:00:00
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=grade-%A_%a.log
set -euo pipefail

course=$1 submissions=$2 out=$3 shards=$4

# The program itself, since cargo would write to the course, which may be on a disk that cannot be written. Its exit
# code 1 says that a submission could not be read: that is in the report.
cd "$course"
target/xtask/debug/staff grade "$submissions" --shard "slurm:$shards" --out "$out/$SLURM_ARRAY_TASK_ID" \
    --store "$out/store" --work "${SLURM_TMPDIR:-${TMPDIR:-/tmp}}/grade-work-$(id -u)" \
    --jobs "${SLURM_CPUS_PER_TASK:-1}" || [ $? -eq 1 ]
