"""Trains a codec."""

import sys
from collections.abc import Sequence

from absl import flags

from tfgan_codec import cli

_USAGE = """python -m apps.train --flagfile=FLAGS --data=PLACE --out=FOLDER [--minutes=M|--steps=N]

Trains a codec on photographs, for so many minutes or steps. Checkpoints, TensorBoard logs, figures
and run.json go to --out; python -m export.bundle --model=OUT makes a model bundle of it. Ctrl-C
saves and stops; the same command with --resume goes on, also after a crash. docs/training.md.

  python -m apps.train --flagfile=apps/flags/mobile.flags --data=photos --out=runs/a --minutes=90
  tensorboard --logdir=runs/a"""

_PHASES = ["0.25:128:12:2:0", "1.0:192:6:1:1.7"]


def main(argv: Sequence[str] | None = None) -> int:
    values = cli.new_flags()
    kw = {"flag_values": values}
    flags.DEFINE_string(
        "model", "mobile", "The codec to train, with arguments: NAME or NAME:width=0.25:...", **kw
    )
    flags.DEFINE_string(
        "init_from",
        None,
        "Start with the codec of this run or bundle; runs with commas between them are averaged.",
        **kw,
    )
    flags.DEFINE_multi_string(
        "init_parts", [], "Take these parts of it alone, such as analysis; repeat the flag.", **kw
    )
    flags.DEFINE_multi_string(
        "data",
        [],
        "Pictures: a folder tree, a text file with a path in each line, or tfds:NAME/CONFIG@SPLIT. "
        "Repeat the flag for several; PLACE*2 weighs them, else all pictures are equally likely.",
        **kw,
    )
    flags.DEFINE_string(
        "validation",
        None,
        "Pictures to validate on, as in --data; the best checkpoint by their loss is kept.",
        **kw,
    )
    flags.DEFINE_float(
        "cache_mb",
        2048.0,
        "Memory for decoded pictures; others are decoded each time.",
        **kw,
    )
    flags.DEFINE_float(
        "smallest_scale",
        0.5,
        "Half of the crops are cut from pictures shrunk by up to this factor.",
        **kw,
    )
    flags.DEFINE_string("out", None, "Folder of the run.", **kw)
    flags.DEFINE_float("minutes", None, "End after so many minutes of training.", **kw)
    flags.DEFINE_integer("steps", None, "End after so many steps.", **kw)
    flags.DEFINE_multi_string(
        "phase",
        _PHASES,
        "A phase until:crop:batch:mse:ms_ssim; repeat the flag for several, in order. until is the "
        "share of the run at which it ends, mse and ms_ssim weigh the distortion. :gan after it "
        "brings in the discriminators, :freeze=analysis+entropy keeps parts of the codec as they "
        "are, :early relaxes rate targets, :shrink=2 trains on pictures of half the size, "
        ":fade=0.1 lets the detail that the phase before did not have fade in.",
        **kw,
    )
    flags.DEFINE_float("learning_rate", 6e-4, "Highest learning rate.", **kw)
    flags.DEFINE_string(
        "schedule",
        "cosine",
        "Learning rate over the run: constant, cosine, step (a tenth in the second half), or one "
        "of Keras' schedules with arguments, such as ExponentialDecay:decay_steps=1000:"
        "decay_rate=0.5.",
        **kw,
    )
    flags.DEFINE_string(
        "optimizer",
        "adam",
        "adam, adamw, sgd, ... with arguments: adam:beta_1=0.5:beta_2=0.9",
        **kw,
    )
    flags.DEFINE_float("ema", 0.998, "Momentum of the averaged weights; 0: no average.", **kw)
    flags.DEFINE_float("clip", 1.0, "Largest norm of a gradient; 0: no limit.", **kw)
    flags.DEFINE_multi_string(
        "loss",
        [],
        "A term of the codec's loss, NAME:weight=W:...; repeat the flag for several: charbonnier, "
        "content, contextual, entropy, lpips, mae, mse, rate_target, smoothness, vgg. "
        "docs/systems.md. Numbers may follow the run, 0@0.2,1@0.5: from 0 at a fifth to 1 at half.",
        **kw,
    )
    flags.DEFINE_multi_string(
        "discriminator",
        [],
        "A discriminator, NAME:width=W:...: conditional, hinge_gan_gp, mobilevit, multiscale, "
        "patch; repeat the flag for several. They take part in phases marked :gan.",
        **kw,
    )
    flags.DEFINE_enum(
        "adversarial", "hinge", ["bce", "hinge", "lsgan", "wgan"], "Adversarial loss.", **kw
    )
    flags.DEFINE_string(
        "adversarial_weight",
        "1.0",
        "Its weight in the codec's loss; 0@0.3,1@0.5 warms up from 0 to 1.",
        **kw,
    )
    flags.DEFINE_string(
        "gradient_penalty",
        None,
        "interpolated:weight=10 or r1:weight=10; with :every=16 in one of 16 steps. Default: none.",
        **kw,
    )
    flags.DEFINE_float("feature_matching", 0.0, "Weight of feature matching.", **kw)
    flags.DEFINE_bool("feature_matching_squared", False, "Squared distances, as in MSAE.", **kw)
    flags.DEFINE_float("d_learning_rate", 0.0, "Of the discriminators; 0: that of the codec.", **kw)
    flags.DEFINE_string("d_schedule", None, "Of the discriminators; by default the codec's.", **kw)
    flags.DEFINE_string("d_optimizer", "adam", "Of the discriminators.", **kw)
    flags.DEFINE_integer("d_steps", 1, "Discriminator steps per step of the codec.", **kw)
    flags.DEFINE_bool("own_batches", False, "Give each of these steps pictures of its own.", **kw)
    flags.DEFINE_multi_string(
        "technique",
        [],
        "A change to the training step, NAME:key=value:...; repeat the flag for several: "
        "adaptive_weight, colour, curriculum, d_limit, diff_augment, fade_in, "
        "historical_averaging, instance_noise, low_frequencies, rotate, unrolled; "
        "docs/training.md.",
        **kw,
    )
    flags.DEFINE_float("lambda_low", 0.1, "Weight of the distortion at quality 0.", **kw)
    flags.DEFINE_float("lambda_high", 6.0, "Weight of the distortion at quality 255.", **kw)
    flags.DEFINE_string(
        "rate_weight", "1.0", "Weight of the rate beside these; may follow the run.", **kw
    )
    flags.DEFINE_enum(
        "precision",
        "float32",
        ["float32", "mixed_bfloat16", "mixed_float16"],
        "Arithmetic of the convolutions; mixed_bfloat16 is faster on new CPUs and GPUs.",
        **kw,
    )
    flags.DEFINE_integer(
        "accumulate", 1, "Cut each batch into so many parts, for less memory.", lower_bound=1, **kw
    )
    flags.DEFINE_enum(
        "strategy",
        "none",
        ["none", "mirrored", "multiworker", "tpu"],
        "Devices: one; all GPUs of this machine; the machines in TF_CONFIG; a TPU.",
        **kw,
    )
    flags.DEFINE_bool("jit", False, "Compile the steps by XLA.", **kw)
    flags.DEFINE_integer("seed", 0, "Seed of all random numbers.", **kw)
    flags.DEFINE_string(
        "early_stopping",
        None,
        "End when the validation sees no more progress in the last phase: "
        "val_loss:patience=5:min_delta=0.01. Default: never.",
        **kw,
    )
    flags.DEFINE_integer("epoch_steps", 250, "Steps between validations.", **kw)
    flags.DEFINE_float("save_minutes", 5.0, "Minutes between checkpoints.", **kw)
    flags.DEFINE_integer("keep", 3, "How many checkpoints stay.", lower_bound=1, **kw)
    flags.DEFINE_enum(
        "on_nan",
        "stop",
        ["stop", "rollback"],
        "When a figure is not finite or the loss explodes: stop with an error, or go back to the "
        "last checkpoint with half the learning rate, five times at most.",
        **kw,
    )
    flags.DEFINE_bool(
        "dry_run",
        False,
        "Show networks, and memory and time per step from a few steps; keep nothing.",
        **kw,
    )
    flags.DEFINE_bool("resume", False, "Go on with the run in --out.", **kw)
    flags.DEFINE_bool("overwrite", False, "Delete the run in --out and begin anew.", **kw)

    def command() -> None:
        # TensorFlow takes seconds to import: only when there is something to do.
        from tfgan_codec.training.config import RunConfig
        from tfgan_codec.training.dry_run import describe
        from tfgan_codec.training.phases import parse_phases
        from tfgan_codec.training.run import train
        from tfgan_codec.training.schedule import Limit

        given = {name: values[name].value for name in values}
        for name in ("data",) if given["dry_run"] else ("data", "out"):
            if not given[name]:
                raise cli.CommandLineError(f"--{name} is required")
        config = RunConfig(
            limit=Limit(given["steps"], given["minutes"]),
            phases=parse_phases(given["phase"]),
            **{name: given[name] for name in RunConfig._fields if name in given},
        )
        if given["dry_run"]:
            print(describe(config))
        else:
            train(config)

    return cli.run(command, values, _USAGE, argv)


if __name__ == "__main__":
    sys.exit(main())
