(* SPDX-License-Identifier: Apache-2.0 *)
(* Waitable sets with the order in which their events came: the waitables and sets of waitable.v, and of each set the line
   of its members that have an event. The reference may tell any of them; Gale tells the one that has waited longest.

   Model        C (src/component)
   FirstOf s    gale__set_take by gale_canon_waitable_set_wait, _poll, a callback: the first of line s
   Do o         the operation o of waitable.v; OTake there chooses freely and is nothing here
   line         the list gale__list_events of the set *)

From Coq Require Import List Arith Lia Bool.
From Gale Require Import trace component.waitable.
Import ListNotations.

Record sets := Sets { base : world; line : nat -> list nat }.
Inductive op := Do (o : waitable.op) | FirstOf (s : nat).

Definition out_of (l : nat -> list nat) (w : nat) (s : option nat) : nat -> list nat :=
  match s with Some k => upd l k (remove Nat.eq_dec w (l k)) | None => l end.
Definition behind (l : nat -> list nat) (w : nat) (s : option nat) : nat -> list nat :=
  match s with Some k => upd l k (l k ++ [w]) | None => l end.

(* What the operation does to the lines, seen from the world before it and its answer. *)
Definition lines (x : world) (l : nat -> list nat) (o : waitable.op) (a : answer) : nat -> list nat :=
  match o, a with
  | OPost w, _ => if gone (ws x w) || pending (ws x w) then l else behind l w (set (ws x w))
  | ODirect w, Told _ _ _ => out_of l w (set (ws x w))
  | OJoin w s, Quiet => if pending (ws x w) then behind (out_of l w (set (ws x w))) w s else l
  | _, _ => l
  end.

Definition step (y : sets) (o : op) : sets * answer :=
  match o with
  | Do (OTake _ _) => (y, Quiet)
  | Do o => let (x, a) := waitable.step (base y) o in (Sets x (lines (base y) (line y) o a), a)
  | FirstOf s =>
    match line y s with
    | [] => (y, Quiet)
    | w :: r => let (x, a) := waitable.step (base y) (OTake s w) in (Sets x (upd (line y) s r), a)
    end
  end.

Definition init : sets := Sets waitable.init (fun _ => []).

(* A line holds the members of its set that have an event, each once. *)
Definition lined (y : sets) : Prop := forall s, NoDup (line y s) /\
  forall w, In w (line y s) <-> set (ws (base y) w) = Some s /\ pending (ws (base y) w) = true.

Lemma nodup_remove (w : nat) l : NoDup l -> NoDup (remove Nat.eq_dec w l).
Proof.
  induction l as [| v l IH]; intro N; [constructor|]. inversion N; subst. simpl. destruct (Nat.eq_dec w v); auto.
  constructor; auto. intro I. apply in_remove in I. tauto.
Qed.

Lemma nodup_behind (w : nat) l : NoDup l -> ~ In w l -> NoDup (l ++ [w]).
Proof.
  induction l as [| v l IH]; intros N I; simpl; [constructor; [intros [] | constructor]|]. inversion N; subst.
  constructor; [| apply IH; auto; intro; apply I; now right].
  intro J. apply in_app_or in J as [J | [J | []]]; auto. subst. apply I. now left.
Qed.

Lemma in_remove_iff (w v : nat) l : In v (remove Nat.eq_dec w l) <-> In v l /\ v <> w.
Proof. split; [apply in_remove | intros [A B]; apply in_in_remove; auto]. Qed.

(* What a step leaves of the waitables; the rest of the world does not matter here. *)
Lemma step_lined y o : ok (base y) -> lined y -> lined (fst (step y o)).
Proof.
  intros K H. destruct o as [o | s].
  - destruct o as [w | k w | w | w c | w | w | k | k | w | k]; cbn [step]; auto; cbn [waitable.step lines].
    + (* OPost *) destruct (gone (ws (base y) w)) eqn:G; cbn [fst orb]; [exact H|].
      intro s. destruct (H s) as [N I]. unfold put. cbn [line base ws].
      destruct (pending (ws (base y) w)) eqn:P; cbn [orb].
      * split; auto. intro v. rewrite I. rewrite upd_at. destruct (Nat.eqb_spec v w); subst; simpl; [rewrite P|]; tauto.
      * unfold behind. destruct (set (ws (base y) w)) as [k |] eqn:S.
        -- unfold upd at 1 2. destruct (Nat.eqb_spec s k); subst.
           ++ split; [apply nodup_behind; auto; rewrite I; intros [_ Q]; congruence|]. intro v. rewrite in_app_iff, I, upd_at.
              simpl. destruct (Nat.eqb_spec v w); subst; simpl; [rewrite S; tauto|]. intuition congruence.
           ++ split; auto. intro v. rewrite I, upd_at. destruct (Nat.eqb_spec v w); subst; simpl; [rewrite S, P; intuition congruence | tauto].
        -- split; auto. intro v. rewrite I, upd_at. destruct (Nat.eqb_spec v w); subst; simpl; [rewrite S; intuition congruence | tauto].
    + (* ODirect *) destruct (pending (ws (base y) w)) eqn:P; [| exact H]. unfold tell, put. cbn [fst].
      intro s. destruct (H s) as [N I]. cbn [line base ws]. unfold out_of. destruct (set (ws (base y) w)) as [k |] eqn:S.
      * unfold upd at 1 2. destruct (Nat.eqb_spec s k); subst.
        -- split; [now apply nodup_remove|]. intro v. rewrite in_remove_iff, I, upd_at.
           destruct (Nat.eqb_spec v w); subst; simpl; intuition congruence.
        -- split; auto. intro v. rewrite I, upd_at. destruct (Nat.eqb_spec v w); subst; simpl; [rewrite S; intuition congruence | tauto].
      * split; auto. intro v. rewrite I, upd_at. destruct (Nat.eqb_spec v w); subst; simpl; [rewrite S; intuition congruence | tauto].
    + (* OJoin *) destruct (gone (ws (base y) w) || sync (ws (base y) w) || negb (usable (base y) c)); [exact H|]. cbn [fst].
      intro s. destruct (H s) as [N I]. cbn [line base ws]. destruct (pending (ws (base y) w)) eqn:P.
      * assert (OUT : NoDup (out_of (line y) w (set (ws (base y) w)) s) /\
          forall v, In v (out_of (line y) w (set (ws (base y) w)) s) <-> (set (ws (base y) v) = Some s /\ pending (ws (base y) v) = true) /\ v <> w).
        { unfold out_of. destruct (set (ws (base y) w)) as [k |] eqn:S.
          - unfold upd. destruct (Nat.eqb_spec s k); subst.
            + split; [now apply nodup_remove|]. intro v. now rewrite in_remove_iff, I.
            + split; auto. intro v. rewrite I. intuition congruence.
          - split; auto. intro v. rewrite I. intuition congruence. }
        destruct OUT as [ON OI]. unfold behind. destruct c as [k |].
        -- unfold upd at 1 2. destruct (Nat.eqb_spec s k); subst.
           ++ split; [apply nodup_behind; auto; rewrite OI; tauto|]. intro v. rewrite in_app_iff, OI, upd_at.
              simpl. destruct (Nat.eqb_spec v w); subst; simpl; intuition congruence.
           ++ split; auto. intro v. rewrite OI, upd_at. destruct (Nat.eqb_spec v w); subst; simpl; intuition congruence.
        -- split; auto. intro v. rewrite OI, upd_at. destruct (Nat.eqb_spec v w); subst; simpl; intuition congruence.
      * split; auto. intro v. rewrite I, upd_at. destruct (Nat.eqb_spec v w); subst; simpl; [rewrite P; intuition congruence | tauto].
    + (* OSync *) destruct (gone _ || _ || _) eqn:E; [exact H|]. intro s. destruct (H s) as [N I]. unfold put. cbn [fst line base ws].
      split; auto. intro v. rewrite I, upd_at. destruct (Nat.eqb_spec v w); subst; simpl; tauto.
    + (* OUnsync *) intro s. destruct (H s) as [N I]. unfold put. cbn [fst line base ws].
      split; auto. intro v. rewrite I, upd_at. destruct (Nat.eqb_spec v w); subst; simpl; tauto.
    + destruct (sets_gone _ _); exact H.
    + (* ODrop *) destruct (gone _ || _ || _) eqn:E; [exact H|]. apply orb_false_elim in E as [E _]. apply orb_false_elim in E as [_ E].
      intro s. destruct (H s) as [N I]. cbn [fst line base ws].
      split; auto. intro v. rewrite I, upd_at. destruct (Nat.eqb_spec v w); subst; simpl; [rewrite E; intuition congruence | tauto].
    + destruct (_ || _ || _); exact H.
  - cbn [step]. destruct (line y s) as [| w r] eqn:L; [exact H|]. cbn [waitable.step].
    destruct (H s) as [N I]. rewrite L in N, I. destruct (proj1 (I w) (or_introl eq_refl)) as [S P].
    unfold is_in. rewrite S, P, Nat.eqb_refl. cbn [andb]. unfold tell, put. cbn [fst]. intro k. cbn [line base ws].
    inversion N; subst. unfold upd at 1 2. destruct (Nat.eqb_spec k s); subst.
    + split; auto. intro v. rewrite upd_at. destruct (Nat.eqb_spec v w); subst; simpl; [intuition congruence|].
      rewrite <- I. simpl. intuition congruence.
    + destruct (H k) as [NK IK]. split; auto. intro v. rewrite IK, upd_at. destruct (Nat.eqb_spec v w); subst; simpl; [rewrite S; intuition congruence | tauto].
Qed.

Lemma step_base y o : ok (base y) -> ok (base (fst (step y o))).
Proof.
  intro K. destruct o as [o | s]; cbn [step].
  - pose proof (step_ok (base y) o K) as Q. destruct o; auto; destruct (waitable.step (base y) _); exact Q.
  - destruct (line y s) as [| w r]; [exact K|]. pose proof (step_ok (base y) (OTake s w) K) as Q.
    destruct (waitable.step (base y) (OTake s w)). exact Q.
Qed.

Lemma always_lined t : ok (base (final step init t)) /\ lined (final step init t).
Proof.
  apply (run_keeps step (fun y => ok (base y) /\ lined y) (fun _ => True)); auto.
  - intros y o [A B] _. split; [now apply step_base | now apply step_lined].
  - split; [apply (always_ok []) | intro s; split; [constructor | intro w; simpl; intuition congruence]].
Qed.

(* A set has an event to tell exactly if a member has one, *)
Theorem line_is_what_is_ready t s w : let y := final step init t in
  In w (line y s) <-> set (ws (base y) w) = Some s /\ pending (ws (base y) w) = true.
Proof. intro y. destruct (always_lined t) as [_ H]. apply H. Qed.

(* ... and tells the first of its line, with all that this one has come to. *)
Theorem first_is_told t s w r : let y := final step init t in line y s = w :: r ->
  snd (step y (FirstOf s)) = Told w (version (ws (base y) w)) (Some s) /\ line (fst (step y (FirstOf s))) s = r.
Proof.
  intros y L. destruct (always_lined t) as [_ H]. fold y in H. destruct (H s) as [_ I]. rewrite L in I.
  destruct (proj1 (I w) (or_introl eq_refl)) as [S P]. cbn [step]. rewrite L.
  pose proof (ready_is_tellable (base y) w s P S) as R. destruct (waitable.step (base y) (OTake s w)) as [x a]. simpl in R. subst a.
  split; auto. simpl. apply upd_same.
Qed.

(* The order of a line never changes: a step takes at most one away and adds at most one at its end. *)
Definition same_order (before after : list nat) : Prop := exists w added,
  (after = before ++ added \/ after = remove Nat.eq_dec w before ++ added \/ before = w :: after) /\ length added <= 1.

Lemma same_order_refl l : same_order l l.
Proof. exists 0, []. rewrite !app_nil_r. auto. Qed.
Lemma same_order_added w l : same_order l (l ++ [w]).
Proof. exists 0, [w]. auto. Qed.
Lemma same_order_removed w l : same_order l (remove Nat.eq_dec w l).
Proof. exists w, []. rewrite !app_nil_r. auto. Qed.
Lemma same_order_moved w l : same_order l (remove Nat.eq_dec w l ++ [w]).
Proof. exists w, [w]. auto. Qed.

Theorem order_is_kept y o s : same_order (line y s) (line (fst (step y o)) s).
Proof.
  destruct o as [o | k]; cbn [step].
  - destruct o as [w | k w | w | w c | w | w | k | k | w | k]; try apply same_order_refl;
      match goal with |- context [waitable.step (base y) ?o] => destruct (waitable.step (base y) o) as [x a] end; cbn [fst line lines];
      try apply same_order_refl.
    + destruct (gone _ || _); [apply same_order_refl|]. unfold behind. destruct (set _) as [j |]; [| apply same_order_refl].
      unfold upd. destruct (Nat.eqb_spec s j); subst; auto using same_order_refl, same_order_added.
    + destruct a; try apply same_order_refl. unfold out_of. destruct (set _) as [j |]; [| apply same_order_refl].
      unfold upd. destruct (Nat.eqb_spec s j); subst; auto using same_order_refl, same_order_removed.
    + destruct a; try apply same_order_refl. destruct (pending _); [| apply same_order_refl]. unfold behind, out_of, upd.
      destruct c as [j |], (set _) as [i |]; try apply same_order_refl;
        repeat match goal with |- context [?a =? ?b] => destruct (Nat.eqb_spec a b); subst end; try congruence;
        auto using same_order_refl, same_order_added, same_order_removed, same_order_moved.
  - destruct (line y k) as [| w r] eqn:L; [apply same_order_refl|]. destruct (waitable.step (base y) (OTake k w)) as [x a]. cbn [fst line].
    unfold upd. destruct (Nat.eqb_spec s k); subst; [| apply same_order_refl]. exists w, []. rewrite L. auto.
Qed.
