"""The images that labs learn from: glyphs, MNIST where it is, a student's own folder."""

from __future__ import annotations

import gzip
import hashlib
import os
import socket
import struct
import subprocess
import sys
import time

import numpy as np
import pytest
import torch
from calls import calls
from PIL import Image

from autograder import check_folder, load_images
from autograder.files import fetching
from autograder.files.cache import cache_folder, load_arrays
from autograder.images import ImageDataError, ImageFolderError, mnist
from autograder.images.glyphs import FACES, _digit, _faces, draw_glyphs, load_glyphs


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A cache folder and a working folder of the test's own, and no network."""
    for name in ("cache", "work"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("AUTOGRADER_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path / "work")

    def no_network(*args, **kwargs):
        raise OSError("the network is blocked")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    return tmp_path


def gradient(width=80, height=70, mode="RGB"):
    """An image with something to see in it."""
    values = np.add.outer(np.arange(height), np.arange(width)) % 256
    grey = Image.fromarray(values.astype(np.uint8))
    return grey if mode == "L" else Image.merge("RGB", (grey, grey.rotate(180), grey)).convert(mode)


@pytest.fixture
def folder(home):
    """Three usable images, one of them in a subfolder, and a text."""
    here = home / "pictures"
    (here / "more").mkdir(parents=True)
    gradient().save(here / "b.png")
    gradient(mode="L").save(here / "a.jpg")
    gradient(200, 65).save(here / "more" / "c.webp")
    (here / "read me.txt").write_text("three images")
    return here


# --- glyphs and what all sources share -------------------------------------------------------------------------


@pytest.mark.parametrize("size", [28, 64])
@pytest.mark.parametrize("channels", [1, 3])
def test_images_have_the_shape_and_the_range_of_tanh(size, channels):
    data = load_images("glyphs", size=size, channels=channels, length=64)
    assert len(data) == 64 and data.shape == (64, channels, size, size)
    images = data.images(slice(None))
    assert images.dtype == torch.float32 and images.shape == data.shape
    assert images.min() == -1 and images.max() == 1
    assert torch.equal(images[:, :1].expand_as(images), images)
    assert data.labels.dtype == torch.int64 and data.pixels.dtype == torch.uint8


def test_images_takes_any_kind_of_index():
    data = load_images("glyphs", length=20)
    for indices in (slice(2, 4), [2, 3], (2, 3), range(2, 4), torch.tensor([2, 3]), np.array([2, 3])):
        assert torch.equal(data.images(indices), data.images([2, 3]))
    for index in (7, torch.tensor(7), np.int64(7), -13):
        assert torch.equal(data.images(index), data.images([7]))
    assert data.images([]).shape == (0, 1, 28, 28)
    assert len(data.images(data.labels == 3)) == 2
    images = data.images(0)
    images.fill_(0)
    assert data.images(0).max() == 1, "the data itself must not change"


def test_glyphs_are_the_same_each_time_and_other_ones_for_another_seed():
    first, again, other = (draw_glyphs(28, 100, seed)[0] for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert len({image.tobytes() for image in np.concatenate([first, other])}) == 200
    assert np.array_equal(draw_glyphs(64, 100, 0)[1], draw_glyphs(28, 100, 0)[1]), (
        "size changes the pixels only"
    )


@pytest.mark.slow
def test_glyphs_are_the_same_in_another_process():
    code = "from autograder.images.glyphs import draw_glyphs; import hashlib;"
    code += "print(hashlib.sha256(draw_glyphs(28, 50, 0)[0].tobytes()).hexdigest())"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout.strip() == hashlib.sha256(draw_glyphs(28, 50, 0)[0].tobytes()).hexdigest()


def test_glyphs_are_balanced_and_none_is_blank_or_cut():
    pixels, labels = draw_glyphs(28, 1000, 0)
    assert np.bincount(labels).tolist() == [100] * 10
    assert (pixels.max(axis=(1, 2)) > 100).all()
    edges = np.concatenate([pixels[:, 0], pixels[:, -1], pixels[:, :, 0], pixels[:, :, -1]], axis=1)
    assert edges.max() < 64, "a digit should not touch the edge"
    assert len(_faces()) == len(FACES) == 16


@pytest.mark.slow
def test_thousands_of_glyphs_are_made_of_a_few_pictures():
    """Each face's digits are drawn once, and 4096 glyphs cost as much for each as a few hundred do."""
    assert len(load_images("glyphs", size=64)) == 4096
    _digit.cache_clear()
    few, more = (calls(lambda count=count: draw_glyphs(64, count, 0)) for count in (500, 1000))
    assert more < 2.1 * few and _digit.cache_info().misses == 10 * len(FACES)


def test_without_fonts_a_sentence(home, monkeypatch):
    monkeypatch.setattr("matplotlib.get_data_path", lambda: str(home))
    with pytest.raises(ImageDataError, match="matplotlib's fonts, but there are none in"):
        load_images("glyphs", length=10)


# --- the cache -------------------------------------------------------------------------------------------------


def test_glyphs_come_from_the_cache_the_second_time(monkeypatch):
    first, labels = load_glyphs(28, 30, 0)
    assert len(list(cache_folder().iterdir())) == 1
    monkeypatch.setattr("autograder.images.glyphs.draw_glyphs", None)
    again, same = load_glyphs(28, 30, 0)
    assert np.array_equal(first, again) and np.array_equal(labels, same)


FOREIGN = {
    "other keys": {"images": np.zeros((30, 28, 28), np.uint8)},
    "other length": {"pixels": np.zeros((29, 28, 28), np.uint8), "labels": np.zeros(29, np.int64)},
    "other type": {"pixels": np.zeros((30, 28, 28)), "labels": np.zeros(30, np.int64)},
    "no digits": {"pixels": np.zeros((30, 28, 28), np.uint8), "labels": np.full(30, 10, np.int64)},
    "objects": {"pixels": np.array([{}] * 30), "labels": np.zeros(30, np.int64)},
}


@pytest.mark.parametrize("name", ["cut", "text", "empty", "damaged", "a folder", *FOREIGN])
def test_a_bad_cache_file_is_made_again(name):
    good, _ = load_glyphs(28, 30, 0)
    (path,) = cache_folder().iterdir()
    content = path.read_bytes()
    middle = len(content) // 2
    if name in FOREIGN:
        np.savez(path, **FOREIGN[name])
    elif name == "a folder":
        path.unlink()
        path.mkdir()
    else:
        changed = content[:middle] + bytes(50) + content[middle + 50 :]
        path.write_bytes({"cut": content[:middle], "text": b"hello", "empty": b"", "damaged": changed}[name])
    assert np.array_equal(load_glyphs(28, 30, 0)[0], good)
    if name != "a folder":
        assert np.array_equal(load_arrays(path.name)["pixels"], good)


def test_a_cache_folder_that_cannot_be_written_costs_only_the_cache(home, monkeypatch):
    (home / "file").write_text("not a folder")
    monkeypatch.setenv("AUTOGRADER_CACHE", str(home / "file" / "cache"))
    assert len(load_images("glyphs", length=10)) == 10
    monkeypatch.setattr("autograder.files.cache.cache_folder", lambda: None)
    assert len(load_images("glyphs", length=10)) == 10


def test_an_interrupted_write_leaves_nothing_behind(monkeypatch):
    def interrupted(file, **arrays):
        file.write(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez_compressed", interrupted)
    with pytest.raises(KeyboardInterrupt):
        load_glyphs(28, 30, 0)
    assert list(cache_folder().iterdir()) == []


def test_where_the_cache_is(home, monkeypatch):
    assert cache_folder() == home / "cache"
    monkeypatch.delenv("AUTOGRADER_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "xdg"))
    assert cache_folder() == home / "xdg" / "autograder"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(home / "me"))
    assert cache_folder() == home / "me" / ".cache" / "autograder"


def test_without_a_home_there_is_no_cache(monkeypatch):
    for name in ("AUTOGRADER_CACHE", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)

    def nobody(user):
        raise KeyError(user)

    monkeypatch.setattr("pwd.getpwuid", nobody)
    assert cache_folder() is None


# --- the loader ------------------------------------------------------------------------------------------------


def test_the_loader_is_seeded_reshuffles_and_drops_the_short_batch():
    data = load_images("glyphs", length=50)
    loader = data.loader(16, seed=3)
    assert len(loader) == 3
    first, second = ([images for images, _ in loader] for _ in range(2))
    assert [batch.shape for batch in first] == [(16, 1, 28, 28)] * 3
    assert not torch.equal(first[0], second[0])
    again = data.loader(16, seed=3)
    for expected in (first, second):
        assert all(torch.equal(a, b) for a, (b, _) in zip(expected, again, strict=True))
    other = next(iter(data.loader(16, seed=4)))[0]
    assert not torch.equal(first[0], other)


def test_a_batch_keeps_images_and_labels_together_and_shows_each_image_once():
    data = load_images("glyphs", length=50)
    batches = list(data.loader(10))
    images, labels = (torch.cat(parts) for parts in zip(*batches, strict=True))
    where = {image.numpy().tobytes(): row for row, image in enumerate(data.images(slice(None)))}
    rows = [where[image.numpy().tobytes()] for image in images]
    assert sorted(rows) == list(range(50))
    assert torch.equal(data.labels[rows], labels)


@pytest.mark.parametrize("batch_size", [0, 51])
def test_an_impossible_batch_size_gives_a_sentence(batch_size):
    with pytest.raises(ImageDataError, match="Choose a batch_size between 1 and 50"):
        load_images("glyphs", length=50).loader(batch_size)


def test_the_global_random_numbers_stay_as_they_were(folder):
    torch.manual_seed(5)
    np.random.seed(5)
    before, numpys = torch.get_rng_state(), np.random.get_state()[1].copy()
    for source in ("glyphs", "auto", folder):
        loader = load_images(source, length=3).loader(2)
        list(loader), list(loader)
    assert torch.equal(torch.get_rng_state(), before)
    assert np.array_equal(np.random.get_state()[1], numpys)


# --- MNIST -----------------------------------------------------------------------------------------------------


def idx(array):
    """The bytes of an array in MNIST's format."""
    head = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return head + array.astype(np.uint8).tobytes()


CONTENT = {
    mnist.FILES[0]: idx(np.arange(40 * 28 * 28).reshape(40, 28, 28) % 256),
    mnist.FILES[1]: idx(np.arange(40) % 10),
}


def lay_out(home, title="MNIST", **changed):
    """A tiny MNIST where torchvision would put it."""
    raw = home / title / "raw"
    raw.mkdir(parents=True)
    for name, content in CONTENT.items():
        (raw / name).write_bytes(content)
    return raw


def test_auto_uses_glyphs_where_there_is_no_mnist_and_touches_no_network():
    data = load_images(length=10)
    assert data.name == "glyphs" and "MNIST is not on this computer" in data.note


@pytest.mark.parametrize("place", ["cache", "work/data"])
def test_auto_uses_mnist_where_it_is(home, place):
    lay_out(home / place)
    data = load_images(channels=3)
    assert data.name == "mnist" and data.shape == (40, 3, 28, 28) and "found in" in data.note
    assert data.labels.tolist() == [i % 10 for i in range(40)]
    assert load_images("mnist", size=64, length=5).shape == (5, 1, 64, 64)


def test_fashion_is_found_under_its_own_name(home):
    lay_out(home / "cache", "FashionMNIST")
    assert load_images("fashion").name == "fashion" and load_images(length=10).name == "glyphs"


@pytest.mark.parametrize("source", ["mnist", "fashion"])
def test_nothing_is_fetched_without_being_asked(source):
    with pytest.raises(ImageDataError, match="not on this computer.*download=True.*glyphs"):
        load_images(source)


@pytest.mark.parametrize("name", mnist.FILES)
@pytest.mark.parametrize("content", [b"", b"not numbers at all", b"cut", b"other"])
def test_a_damaged_file_is_named(home, name, content):
    path = lay_out(home / "cache") / name
    other = CONTENT[mnist.FILES[name == mnist.FILES[0]]]
    path.write_bytes({b"cut": CONTENT[name][:-9], b"other": other}.get(content, content))
    with pytest.raises(ImageDataError, match=f"{name} is damaged.*Delete it"):
        load_images("mnist")
    data = load_images("auto", length=10)
    assert data.name == "glyphs" and "could not be used" in data.note and name in data.note


def test_images_and_labels_must_be_as_many(home):
    (lay_out(home / "cache") / mnist.FILES[1]).write_bytes(idx(np.arange(39) % 10))
    with pytest.raises(ImageDataError, match="39 labels for 40 images"):
        load_images("mnist")


def serve(monkeypatch, answer):
    """Lets `answer(address)` be the network, and the files of `CONTENT` the right ones."""
    from torchvision import datasets

    packed = {name: gzip.compress(content, mtime=0) for name, content in CONTENT.items()}
    digests = [(f"{name}.gz", hashlib.md5(content).hexdigest()) for name, content in packed.items()]
    monkeypatch.setattr(datasets.MNIST, "resources", digests)
    monkeypatch.setattr(fetching, "urlopen", lambda address, timeout: answer(address, timeout, packed))


class Response:
    """An answer that comes in parts, each after a pause."""

    def __init__(self, parts, pause=0.0):
        self.parts, self.pause = list(parts), pause

    def read(self, _):
        time.sleep(self.pause)
        return self.parts.pop(0) if self.parts else b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


def test_a_fetch_keeps_the_files_for_the_next_time(monkeypatch):
    serve(monkeypatch, lambda address, _, packed: Response([packed[address.split("/")[-1][:-3]]]))
    assert "fetched into" in load_images("mnist", download=True).note
    assert "found in" in load_images("mnist").note


def test_a_mirror_is_tried_when_the_first_address_fails(monkeypatch):
    asked = []

    def answer(address, timeout, packed):
        asked.append(address)
        assert 0 < timeout <= 10
        return Response([packed[address.split("/")[-1][:-3]] if len(asked) % 2 == 0 else b"an error page"])

    serve(monkeypatch, answer)
    assert len(load_images("mnist", download=True)) == 40 and len(asked) == 4


@pytest.mark.parametrize("kind", ["silent", "endless"])
def test_a_fetch_never_hangs(monkeypatch, kind):
    """The sentence comes while the other side has not answered yet, or has more to say."""
    answered, endless = [], Response([b"x"] * 10_000, 0.01)

    def silent(*_):
        time.sleep(30)
        answered.append("too late")

    serve(monkeypatch, silent if kind == "silent" else lambda *_: endless)
    monkeypatch.setattr(fetching, "PATIENCE", 0.3)
    with pytest.raises(ImageDataError, match=r"could not be fetched \(.*glyphs"):
        load_images("mnist", download=True)
    assert answered == [] and endless.parts
    assert not list(cache_folder().rglob("*ubyte*"))


def test_without_a_network_a_sentence_or_for_auto_glyphs():
    with pytest.raises(ImageDataError, match="could not be fetched .*Is there a connection"):
        load_images("fashion", download=True)
    data = load_images("auto", download=True, length=10)
    assert data.name == "glyphs" and "could not be fetched" in data.note


# --- a folder --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", [28, 64])
def test_a_folder_is_read_in_the_order_of_names(folder, size, channels):
    data = load_images(folder, size=size, channels=channels)
    assert data.name == "folder" and data.shape == (3, channels, size, size)
    assert data.labels.tolist() == [0, 0, 0]
    expected = Image.open(folder / "b.png").convert("RGB").crop((5, 0, 75, 70))
    expected = expected.resize((size, size), Image.Resampling.BICUBIC).convert(
        "RGB" if channels == 3 else "L"
    )
    got = data.pixels[1].permute(1, 2, 0).squeeze().numpy().astype(int)
    assert np.abs(got - np.asarray(expected).astype(int)).max() <= 2
    assert torch.equal(load_images(str(folder), size=size, channels=channels).pixels, data.pixels)


def test_a_photograph_is_turned_upright(home):
    upright = Image.new("RGB", (100, 100))
    upright.paste("white", (0, 0, 100, 50))  # white above
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown turned clockwise
    upright.rotate(90).save(home / "work" / "turned.jpg", exif=exif, quality=95)
    image = load_images(home / "work", size=64).images(0)[0, 0]
    assert image[:28].mean() > 0.9 and image[36:].mean() < -0.9


def test_a_usable_folder_is_summed_up_with_warnings(folder):
    text = repr(check_folder(folder))
    for part in (
        "3 usable images",
        "2 in colour, 1 grey",
        "1 other file left out",
        "80x70",
        "200x65",
        "64x64",
    ):
        assert part in text, part
    for part in ("fewer than 500 images", "more than twice as long as wide", "colour and grey"):
        assert part in text, part
    gradient().save(folder / "again.png")
    gradient(40, 40).save(folder / "small.png")
    text = repr(check_folder(folder))
    assert "1 image repeated" in text and "1 image below 64 pixels" in text


def sixteen_bit_rgb():
    """A 16-bit colour PNG, which Pillow opens as 8-bit RGB without a word."""
    import zlib

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 70, 70, 16, 2, 0, 0, 0)
    rows = zlib.compress((b"\0" + bytes(70 * 6)) * 70)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def a_bomb():
    """A PNG of a few bytes that claims 60000x60000 pixels."""
    good = sixteen_bit_rgb()
    import zlib

    head = b"IHDR" + struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
    return good[:12] + head + struct.pack(">I", zlib.crc32(head)) + good[33:]


def save(path, image, **options):
    image.save(path, **options)


def cut(path, image):
    image.save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


grey = gradient(mode="L")
BAD = {
    "text.png": (lambda path: path.write_text("no image"), "no image that Pillow knows"),
    "empty.png": (lambda path: path.touch(), "is empty"),
    "cut.png": (lambda path: cut(path, gradient(300, 300)), "can't be read .*truncated"),
    "cut.jpg": (lambda path: cut(path, gradient(300, 300)), "can't be read .*truncated"),
    "tiny.png": (lambda path: save(path, gradient(31, 80)), r"is tiny \(31x80\).* at least 32"),
    "print.jpg": (lambda path: save(path, gradient(mode="CMYK")), "is in CMYK.*RGB"),
    "deep.png": (lambda path: save(path, grey.convert("I;16")), "more than 8 bits.*8-bit"),
    "deep.tif": (lambda path: save(path, grey.convert("F")), "more than 8 bits.*8-bit"),
    "deepcolour.png": (lambda path: path.write_bytes(sixteen_bit_rgb()), "more than 8 bits.*8-bit"),
    "palette.gif": (lambda path: save(path, gradient(mode="P")), "has a palette.*RGB"),
    "palette.png": (lambda path: save(path, gradient(mode="P")), "has a palette.*RGB"),
    "alpha.png": (lambda path: save(path, gradient(mode="RGBA")), "transparency.*background"),
    "greyalpha.png": (lambda path: save(path, grey.convert("LA")), "transparency.*background"),
    "key.png": (lambda path: save(path, gradient(), transparency=(1, 2, 3)), "transparency.*background"),
    "lab.tif": (lambda path: save(path, Image.new("LAB", (70, 70))), "of kind LAB.*RGB"),
    "bomb.png": (lambda path: path.write_bytes(a_bomb()), "far too many pixels.*smaller"),
    "link.png": (lambda path: path.symlink_to("nowhere.png"), "leads nowhere"),
    "phone.heic": (lambda path: path.write_bytes(bytes(100)), "no image that Pillow knows"),
    "figure.eps.png": (
        lambda path: path.write_text("%!PS-Adobe-3.0 EPSF-3.0\n"),
        "no image that Pillow knows",
    ),
    "pipe.png": (os.mkfifo, "is not a file"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_named_with_what_is_wrong_and_what_to_do(folder, name):
    make, sentence = BAD[name]
    make(folder / "more" / name)
    for use in (check_folder, lambda path: load_images(path, size=64, channels=3)):
        with pytest.raises(
            ImageFolderError, match=f"1 image in .* can't be used:\nmore/{name} .*{sentence}"
        ) as caught:
            use(folder)
        assert len(str(caught.value).splitlines()) == 2
        assert caught.value._render_traceback_() == [f"ImageFolderError: {caught.value}"]


def test_of_many_bad_files_ten_are_named(folder):
    for number in range(14):
        (folder / f"bad {number:02}.png").write_text("no image")
    with pytest.raises(ImageFolderError, match="And 4 more") as caught:
        check_folder(folder)
    assert len(str(caught.value).splitlines()) == 12 and "bad 10" not in str(caught.value)


@pytest.mark.parametrize("source", ["missing", "mnits", "a\0b", 7, None, ""])
def test_no_folder_gives_a_sentence(source):
    with pytest.raises(ImageFolderError, match="no folder|no path|no images"):
        load_images(source)


def test_a_file_or_a_folder_without_images_gives_a_sentence(home, folder):
    with pytest.raises(ImageFolderError, match="is a file. Give the folder"):
        check_folder(folder / "a.jpg")
    (home / "work" / "notes.txt").write_text("nothing to see")
    with pytest.raises(ImageFolderError, match="There are no images in .*PNG or JPEG"):
        check_folder(home / "work")


def test_what_systems_hide_and_links_in_circles_are_left_out(folder):
    (folder / ".hidden.png").write_text("no image")
    (folder / "__MACOSX").mkdir()
    (folder / "__MACOSX" / "b.png").write_text("no image")
    (folder / "more" / "up").symlink_to(folder)
    (folder / "round").symlink_to(folder)
    (folder / "linked.png").symlink_to(folder / "b.png")
    assert check_folder(folder).count == 4


@pytest.mark.parametrize(
    "options", [{"size": 0}, {"size": 2.5}, {"channels": 2}, {"length": 0}, {"size": 100_000}]
)
def test_what_cannot_be_asked_for_gives_a_sentence(options):
    with pytest.raises(ImageDataError, match=next(iter(options))):
        load_images("glyphs", **options)
